-- The tables of psycache, for PostgreSQL 14 or newer. The script can run again: it makes what is missing.
-- The application's role needs: select, insert, update, delete on the four tables.

-- The entries. UNLOGGED: no WAL, and empty after a crash, as a cache may be.
create unlogged table if not exists "psycache" (
  key         text collate "C" primary key,
  value       jsonb       not null,
  expires_at  timestamptz not null,
  tags        text[]      not null default '{}',
  snapshot    pg_snapshot not null default pg_current_snapshot(),
  type        text,
  stale_until timestamptz
) with (fillfactor = 70);

-- Where Python psycache has made the table: add what it lacks. The rows stay.
alter table "psycache"
  add column if not exists tags        text[]      not null default '{}',
  add column if not exists snapshot    pg_snapshot not null default pg_current_snapshot(),
  add column if not exists type        text,
  add column if not exists stale_until timestamptz,
  set (fillfactor = 70);

-- The log of invalidations: writers only insert, so they never wait for each other.
create unlogged table if not exists "psycache_invalidation" (
  id     bigint generated always as identity,
  tag    text collate "C" not null,
  prefix text collate "C",
  xid    xid8 not null default pg_current_xact_id()
);
create index if not exists "psycache_tag_xid" on "psycache_invalidation" (tag, xid);

-- One row, inserted by the first application that starts (which empties the cache): it is gone after a
-- crash, and so tells that transaction ids from before mean nothing any more.
create unlogged table if not exists "psycache_epoch" (
  one        boolean primary key default true check (one),
  epoch      uuid not null default gen_random_uuid(),
  origin     text not null,
  collected  pg_snapshot,
  sample     pg_snapshot,
  sampled_at timestamptz,
  swept_at   timestamptz
);

-- Who loads a key at the moment, so that other nodes wait for it.
create unlogged table if not exists "psycache_lease" (
  key   text collate "C" primary key,
  owner uuid        not null,
  until timestamptz not null
);
