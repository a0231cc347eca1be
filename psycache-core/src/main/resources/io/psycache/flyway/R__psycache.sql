-- The tables of psycache, for PostgreSQL 14 or newer. The script can run again: it creates what is missing.
-- The application's role needs select, insert, update and delete on the four tables.

-- The entries. UNLOGGED: they cost no WAL, and a crash empties the table, as it may for a cache.
create unlogged table if not exists "psycache" (
  key         text collate "C" primary key,
  value       jsonb       not null,
  expires_at  timestamptz not null,
  tags        text[]      not null default '{}',
  snapshot    pg_snapshot not null default pg_current_snapshot(),
  type        text,
  stale_until timestamptz
) with (fillfactor = 70);

-- What the table lacks if Python psycache has created it. The rows stay.
alter table "psycache"
  add column if not exists tags        text[]      not null default '{}',
  add column if not exists snapshot    pg_snapshot not null default pg_current_snapshot(),
  add column if not exists type        text,
  add column if not exists stale_until timestamptz,
  set (fillfactor = 70);

-- The log of invalidations. Writers only insert, so they never wait for each other. A row with id 0 says that a put has
-- replaced an entry, which is for the copies of other processes only.
create unlogged table if not exists "psycache_invalidation" (
  id     bigint generated always as identity,
  tag    text collate "C" not null,
  prefix text collate "C",
  xid    xid8 not null default pg_current_xact_id()
);
create index if not exists "psycache_tag_xid" on "psycache_invalidation" (tag, xid) where id > 0;
create index if not exists "psycache_xid" on "psycache_invalidation" (xid);

-- The epoch: one row. The first application that starts inserts it, and empties the cache. After a crash it
-- is gone, which shows that the transaction ids from before the crash are no longer valid.
create unlogged table if not exists "psycache_epoch" (
  one        boolean primary key default true check (one),
  epoch      uuid not null default gen_random_uuid(),
  origin     text not null,
  collected  pg_snapshot,
  sample     pg_snapshot,
  sampled_at timestamptz,
  swept_at   timestamptz
);

-- Leases: the node that has the lease of a key loads it, and other nodes wait.
create unlogged table if not exists "psycache_lease" (
  key   text collate "C" primary key,
  owner uuid        not null,
  until timestamptz not null
);
