-- Channels and advisory locks are of the whole database. So that two Posterns in two schemas neither
-- wake each other nor wait for each other, both tell the schema.

-- The schema that the tables are found in. It need not be current_schema(), the first of the search path,
-- which may be another one that is called as the role.
create function home_schema() returns text language sql stable as $$
  select nspname::text from pg_namespace
   where oid = (select relnamespace from pg_class where oid = 'feed_head'::regclass)
$$;

-- The number of an advisory lock in this schema; in public what it always was, so that gateways of the
-- version before take the same one.
create function lock_number(base bigint) returns bigint language sql stable as $$
  select base # case home when 'public' then 0 else hashtextextended(home, 0) end
    from home_schema() as home
$$;

-- As before, and the payload is the schema.
create or replace function feed_changes() returns trigger language plpgsql as $$
begin
  execute format(
    'insert into change_feed (revision, entity, id)
     select distinct (select revision from feed_head), %L, %s from changed_rows
     on conflict do nothing',
    tg_argv[0], coalesce(quote_ident(tg_argv[1]), quote_literal('')));
  perform pg_notify('postern_feed', tg_table_schema);
  return null;
end $$;

-- As before, but for the numbers of their locks.
create or replace function use_assertions(
  digests uuid[], ends timestamptz[], out first_used uuid[], out remembered_since bigint)
language plpgsql as $$
declare
  window_number bigint;
  memory_since timestamptz;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'use_assertions needs READ COMMITTED';
  end if;
  perform pg_advisory_xact_lock_shared(lock_number(7268141590316511001));
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

create or replace function rotate_used_assertions(longest_life interval) returns boolean
language plpgsql set lock_timeout = '100ms' as $$
declare
  window_number bigint;
  due boolean;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'rotate_used_assertions needs READ COMMITTED';
  end if;
  perform set_config('synchronous_commit', 'off', true);
  if not pg_try_advisory_xact_lock(lock_number(7268141590316511002)) then
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
  perform pg_advisory_xact_lock(lock_number(7268141590316511001));
  update used_assertion_memory
     set current_window = window_number + 1, opened_at = clock_timestamp(),
         written_by = pg_current_xact_id();
  return true;
end $$;
