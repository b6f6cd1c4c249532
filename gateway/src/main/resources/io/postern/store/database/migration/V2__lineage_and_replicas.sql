-- What keeps several gateways right through crashes, failovers and restores: a mark that tells one
-- history of revisions from another, the time of each commit, and the gateways that are running.

---------------------------------------------------------------------------------------------- lineage

-- A copy of the database that lost its last commits gives their numbers out anew. The mark is drawn
-- at random for each revision, so that a reader at revision n can tell whether it is still that n.
alter table feed_head
  add column mark uuid not null default gen_random_uuid(),
  drop column transaction_id;

-- One row for each revision that is not pruned, and for the one that the feed is pruned through.
create table feed_revision (
  revision bigint primary key,
  mark uuid not null,
  -- by the database's clock, as the last thing that the transaction did
  committed_at timestamptz
);
insert into feed_revision (revision, mark, committed_at) select revision, mark, now() from feed_head;

-- Takes the head's lock until the transaction ends and answers the transaction's revision. The
-- transaction knows by the mark that it has allocated one; its id would not do, as a restored database
-- counts transactions from elsewhere.
create or replace function allocate_revision() returns bigint language plpgsql as $$
declare
  allocated bigint;
  present uuid;
begin
  select revision, mark into allocated, present from feed_head;
  if present::text is distinct from current_setting('postern.mark', true) then
    update feed_head set revision = revision + 1, mark = gen_random_uuid()
      returning revision, mark into allocated, present;
    perform set_config('postern.mark', present::text, true);
    insert into feed_revision (revision, mark) values (allocated, present);
  end if;
  return allocated;
end $$;

create function note_commit() returns trigger language plpgsql as $$
begin
  update feed_revision set committed_at = clock_timestamp() where revision = new.revision;
  return null;
end $$;

create constraint trigger note_commit after insert on feed_revision
  deferrable initially deferred for each row execute function note_commit();

---------------------------------------------------------------------------------------------- replicas

-- The gateways that run, or did until a moment ago. One that has not been seen for longer than it may
-- go on without the database has stopped issuing by itself, whatever became of it.
create table replica (
  -- drawn at random at each start of a gateway
  replica_id text primary key,
  host text not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  max_staleness_seconds integer not null check (max_staleness_seconds > 0),
  -- what it answers by; null before it answers at all
  applied_revision bigint,
  applied_mark uuid,
  applied_at timestamptz
);
