-- What the admin API tells of changes, and the answers that it keeps for requests that are repeated.

----------------------------------------------------------------------------------------------- audit

-- The name under which a gateway changes something by itself is nobody's client_id.
insert into application_id (id) values ('postern') on conflict do nothing;

-- "C", so that a target and all that is below it lie together.
drop index audit_event_target;
create index audit_event_target on audit_event (target collate "C", event_id);

-- As before, but a row that was only touched, because another of its resource changed, is no event; and
-- wrapped keys stay out too.
create or replace function audit_row() returns trigger language plpgsql as $$
declare
  hidden constant text[] := '{hash,private_key,wrapped}';
  touched constant text[] := '{updated_at,revision}';
  old_row jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  new_row jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  target text;
begin
  if old_row - touched = new_row - touched then
    return null;
  end if;
  select string_agg(coalesce(new_row, old_row) ->> c, '/' order by n)
    into target from unnest(tg_argv) with ordinality as a (c, n);
  insert into audit_event (actor, source, action, target_type, target, revision, before, after)
  values (
    coalesce(nullif(current_setting('postern.actor', true), ''), 'database:' || session_user),
    coalesce(nullif(current_setting('postern.source', true), ''), host(inet_client_addr())),
    lower(tg_op), tg_table_name, target, (select revision from feed_head),
    old_row - hidden, new_row - hidden);
  return null;
end $$;

-- Data keys are audited too: that one is wrapped under another master key is for an auditor to see. Their
-- writers queue up with all others, so that the order of events is that of commits.
create trigger a_lock_feed before insert or update or delete on data_key
  for each statement execute function lock_feed();
create trigger audit after insert or update or delete on data_key
  for each row execute function audit_row('data_key_id');

------------------------------------------------------------------------------------ idempotency keys

-- The answers to POSTs that carried an Idempotency-Key, written in the transaction of their change. What
-- is shown once is not in them.
create table idempotency_key (
  actor text not null,
  key text not null check (char_length(key) between 1 and 255),
  -- SHA-256 of method, path and body, in hexadecimal digits
  request_hash text not null check (char_length(request_hash) = 64),
  status integer not null,
  headers jsonb not null,
  body text,
  revision bigint not null,
  created_at timestamptz not null default now(),
  primary key (actor, key)
);
create index idempotency_key_created_at on idempotency_key (created_at);
