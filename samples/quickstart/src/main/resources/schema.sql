create table if not exists airport (
  code  text primary key,
  city  text not null,
  state text not null
);

create table if not exists flight (
  id          bigint generated always as identity primary key,
  origin      text not null references airport,
  destination text not null references airport,
  departure   timestamp not null, -- local time of the origin
  delay       int not null        -- minutes late at the destination; negative = early
);
create index if not exists flight_origin_departure on flight (origin, departure);
create index if not exists flight_delay on flight (delay);
