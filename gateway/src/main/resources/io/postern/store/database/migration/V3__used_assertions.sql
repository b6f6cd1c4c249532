-- Used client assertions (RFC 7523 section 3, jti), where every gateway sees them. Three tables take
-- turns as windows of time: uses go into the current one, the current and the previous one are looked
-- at, and the oldest is emptied whole when its turn comes. No row is ever deleted by itself.
-- UNLOGGED, so that a use costs no write-ahead log. After a crash, and on a standby that takes over,
-- PostgreSQL finds such tables empty; what that means stands at the column "since".

do $$
begin
  for i in 0..2 loop
    execute format(
      $table$
      create unlogged table used_assertion_%1$s (
        digest uuid primary key,
        -- the instant from which the assertion is refused for its age anyway
        ends_at timestamptz not null
      ) with (autovacuum_enabled = off)
      $table$, i);
    -- The plan must be the one for a full table, whatever the table was when it was made: hence the
    -- settings, and a subquery where a join could be turned round.
    execute format(
      $function$
      create function use_in_window_%1$s(digests uuid[], ends timestamptz[]) returns uuid[]
      language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $body$
      declare
        used uuid[];
      begin
        with first_use as (
          insert into used_assertion_%1$s (digest, ends_at)
          select asked.digest, asked.ends_at from unnest(digests, ends) as asked (digest, ends_at)
           where (select before.digest from used_assertion_%2$s before
                   where before.digest = asked.digest) is null
           -- so that two batches with the same digests do not wait for each other
           order by asked.digest
          on conflict do nothing
          returning digest)
        select coalesce(array_agg(digest), '{}') into used from first_use;
        return used;
      end $body$
      $function$, i, (i + 2) % 3);
  end loop;
end $$;

-- One row, or none after a crash.
create unlogged table used_assertion_memory (
  only_row boolean primary key default true check (only_row),
  -- uses before this instant may be forgotten: an assertion that was good by then is not accepted
  since timestamptz not null,
  -- uses go into table used_assertion_<current_window modulo 3>
  current_window bigint not null default 0,
  opened_at timestamptz not null default clock_timestamp(),
  -- The transaction that wrote the row. A row that came in a dump says another one than its xmin: the
  -- uses since the dump are forgotten.
  written_by xid8 not null default pg_current_xact_id()
);
insert into used_assertion_memory (since) values ('-infinity');

-- Uses assertions up. Answers those that were not used before, each once even if it is asked for
-- several times, and the start of the memory in seconds since 1970, rounded up; null: always.
-- The lock is shared by all uses and taken exclusively to change windows; the statement after it sees
-- the window that is then current, which in a transaction with one snapshot would not be so.
create function use_assertions(
  digests uuid[], ends timestamptz[], out first_used uuid[], out remembered_since bigint)
language plpgsql as $$
declare
  window_number bigint;
  memory_since timestamptz;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'use_assertions needs READ COMMITTED';
  end if;
  perform pg_advisory_xact_lock_shared(7268141590316511001);
  select m.current_window, m.since into window_number, memory_since
    from used_assertion_memory m where m.xmin = m.written_by::xid;
  if not found then
    -- five seconds for gateways whose clocks are ahead of the database's
    insert into used_assertion_memory as m (since) values (clock_timestamp() + interval '5 s')
    on conflict (only_row) do update
      set since = excluded.since, written_by = excluded.written_by
      where m.xmin <> m.written_by::xid;
    select m.current_window, m.since into window_number, memory_since from used_assertion_memory m;
  end if;
  first_used := case window_number % 3
    when 0 then use_in_window_0(digests, ends)
    when 1 then use_in_window_1(digests, ends)
    else use_in_window_2(digests, ends)
  end;
  remembered_since := ceil(extract(epoch from nullif(memory_since, '-infinity')));
end $$;

-- Opens the next window if the current one is older than the longest life of an assertion and no
-- assertion of the previous one can still be accepted. Any gateway may call it at any time. Uses wait
-- for a moment only: the oldest table, which nobody looks at, is emptied before they are held up.
create function rotate_used_assertions(longest_life interval) returns boolean
language plpgsql set lock_timeout = '100ms' as $$
declare
  window_number bigint;
  due boolean;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'rotate_used_assertions needs READ COMMITTED';
  end if;
  perform set_config('synchronous_commit', 'off', true);
  if not pg_try_advisory_xact_lock(7268141590316511002) then
    return false;
  end if;
  select m.current_window into window_number from used_assertion_memory m
   where m.xmin = m.written_by::xid and m.opened_at < clock_timestamp() - longest_life;
  if not found then
    return false;
  end if;
  -- a minute for gateways whose clocks are behind the database's
  execute format(
    'select exists (select from used_assertion_%s) and not exists (
       select from used_assertion_%s where ends_at > clock_timestamp() - interval ''1 minute'')',
    window_number % 3, (window_number + 2) % 3) into due;
  if not due then
    return false;
  end if;
  execute format('truncate used_assertion_%s', (window_number + 1) % 3);
  perform pg_advisory_xact_lock(7268141590316511001);
  update used_assertion_memory
     set current_window = window_number + 1, opened_at = clock_timestamp(),
         written_by = pg_current_xact_id();
  return true;
end $$;
