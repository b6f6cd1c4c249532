-- Hosted credentials: API keys and OAuth clients of services outside, stored sealed, and the links by
-- which agents obtain them or call through the relay. A link is the authorization itself.

alter table change_feed drop constraint change_feed_entity_check;
alter table change_feed add constraint change_feed_entity_check
  check (entity in ('application', 'signing_keys', 'hosted_credential'));

alter table data_key drop constraint data_key_purpose_check;
alter table data_key add constraint data_key_purpose_check
  check (purpose in ('secret_hash', 'signing_key', 'vault'));

-- As before, and sealed values stay out too.
create or replace function audit_row() returns trigger language plpgsql as $$
declare
  hidden constant text[] := '{hash,private_key,wrapped,sealed}';
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

-------------------------------------------------------------------------------------- the credentials

create table hosted_credential (
  credential_id text primary key,
  -- what agents call it, in paths
  identifier text not null constraint hosted_credential_identifier_unique unique
    check (identifier ~ '^[A-Za-z0-9._~-]{1,128}$' and identifier not in ('.', '..')),
  name text not null check (char_length(name) between 1 and 200),
  description text check (char_length(description) <= 1000),
  business_type text not null check (business_type in ('llm', 'external_service')),
  kind text not null check (kind in ('api_key', 'oauth_client')),
  -- what the provider calls the present value
  key_id text check (char_length(key_id) between 1 and 255),
  expires_at timestamptz,
  -- the most obtains and relays in a minute that one gateway allows all agents together
  requests_per_minute integer check (requests_per_minute between 1 and 10000000),
  -- what the relay may call and how the value is put in; null when it may call nothing
  target jsonb check (jsonb_typeof(target) = 'object'),
  -- of an OAuth client all but its secret
  oauth_client jsonb check (jsonb_typeof(oauth_client) = 'object'),
  creation_number bigint not null unique,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null,
  constraint hosted_credential_client check ((kind = 'oauth_client') = (oauth_client is not null))
);

create function guard_hosted_credential() returns trigger language plpgsql as $$
begin
  if (new.credential_id, new.identifier, new.business_type, new.kind)
     is distinct from (old.credential_id, old.identifier, old.business_type, old.kind) then
    raise exception 'id, identifier, business type and kind of hosted credential % are immutable',
      old.credential_id
      using errcode = 'restrict_violation', constraint = 'hosted_credential_immutable';
  end if;
  if new.target is null and old.target is not null and exists (
    select from credential_link where credential_id = old.credential_id and 'relay' = any (access)
  ) then
    raise exception 'agents call hosted credential % through the relay', old.credential_id
      using errcode = 'restrict_violation', constraint = 'credential_link_relay_has_target';
  end if;
  return new;
end $$;

-- The values of a credential, the present one and former ones that are kept for a while: an API key, a
-- client's secret or its private key.
create table hosted_value (
  value_id text primary key,
  credential_id text not null references hosted_credential on delete cascade,
  -- AES-256-GCM under the data key, bound to value_id and credential_id
  sealed bytea not null,
  data_key_id text not null references data_key,
  -- until when a former value is kept; null for no end
  expires_at timestamptz,
  creation_number bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null
);
create index hosted_value_credential on hosted_value (credential_id, creation_number);

-- A credential is shown with its values: its revision moves with them.
create function touch_hosted_credential() returns trigger language plpgsql as $$
begin
  update hosted_credential set updated_at = now()
   where credential_id = case when tg_op = 'DELETE' then old.credential_id else new.credential_id end;
  return null;
end $$;

-- The token that an OAuth client has got from its provider, one for all gateways, and the lease of the
-- gateway that is getting the next one. Not audited: it changes as often as tokens expire.
create table provider_token (
  credential_id text primary key references hosted_credential on delete cascade,
  -- moves with every token; 0 before the first
  version bigint not null default 0,
  -- AES-256-GCM under the data key, bound to credential_id and version
  sealed bytea,
  data_key_id text references data_key,
  token_type text,
  scope text,
  obtained_at timestamptz,
  expires_at timestamptz,
  lease_holder text,
  lease_until timestamptz,
  constraint provider_token_whole check (
    (version = 0) = (sealed is null) and (sealed is null) = (data_key_id is null)
    and (sealed is null) = (obtained_at is null) and (sealed is null) = (expires_at is null))
);

-- Only another token concerns the index; a lease does not.
create function feed_provider_token() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' and new.version = 0 or tg_op = 'UPDATE' and new.version = old.version then
    return null;
  end if;
  perform allocate_revision();
  insert into change_feed (revision, entity, id)
  values ((select revision from feed_head), 'hosted_credential',
          case when tg_op = 'DELETE' then old.credential_id else new.credential_id end)
  on conflict do nothing;
  perform pg_notify('postern_feed', tg_table_schema);
  return null;
end $$;

------------------------------------------------------------------------------------------------ links

create table credential_link (
  client_id text not null references application on delete cascade,
  credential_id text not null references hosted_credential on delete cascade,
  -- sorted, distinct
  access text[] not null
    check (cardinality(access) > 0 and access <@ '{obtain,relay}'),
  -- the most obtains and relays in a minute that one gateway allows
  requests_per_minute integer check (requests_per_minute between 1 and 1000000),
  expires_at timestamptz,
  creation_number bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null,
  primary key (client_id, credential_id)
);
create index credential_link_credential on credential_link (credential_id, creation_number);

create function guard_credential_link() returns trigger language plpgsql as $$
begin
  if not exists (select from application where id = new.client_id and kind = 'agent') then
    raise exception 'application % is no agent: it is linked to nothing', new.client_id
      using errcode = 'check_violation', constraint = 'credential_link_of_agent';
  end if;
  new.access := array(select distinct a collate "C" as value from unnest(new.access) a order by value);
  if 'relay' = any (new.access) and not exists (
    select from hosted_credential
     where credential_id = new.credential_id and target is not null for key share
  ) then
    raise exception 'hosted credential % has no target that the relay may call', new.credential_id
      using errcode = 'check_violation', constraint = 'credential_link_relay_has_target';
  end if;
  return new;
end $$;

------------------------------------------------------------------------------------------------- use

-- What agents did with a credential on a day in UTC. Every gateway adds what it has counted; outside of
-- the feed. It has no reference to what it counts, which may be gone.
create table hosted_use (
  credential_id text not null,
  day date not null,
  client_id text not null,
  obtains bigint not null default 0,
  relays bigint not null default 0,
  -- relays that ended without an answer of the target, or with one of 400 and more
  failures bigint not null default 0,
  request_bytes bigint not null default 0,
  response_bytes bigint not null default 0,
  input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  primary key (credential_id, day, client_id)
);

create table hosted_credential_use (
  credential_id text primary key references hosted_credential on delete cascade,
  last_used_at timestamptz not null
);

-------------------------------------------------------------------------------------------- triggers

create trigger guard before update on hosted_credential
  for each row execute function guard_hosted_credential();
create trigger guard before insert or update on credential_link
  for each row execute function guard_credential_link();
create trigger touch after insert or update or delete on hosted_value
  for each row execute function touch_hosted_credential();
create trigger feed after insert or update or delete on provider_token
  for each row execute function feed_provider_token();

do $$
declare
  t record;
begin
  for t in
    select * from (values
      ('hosted_credential', 'hosted_credential', 'credential_id', 'credential_id'),
      ('hosted_value', 'hosted_credential', 'credential_id', 'credential_id,value_id'),
      ('credential_link', 'application', 'client_id', 'client_id,credential_id')
    ) as tables (name, entity, id_column, target)
  loop
    execute format(
      'create trigger a_lock_feed before insert or update or delete on %I
         for each statement execute function lock_feed()', t.name);
    execute format(
      'create trigger no_truncate before truncate on %I
         for each statement execute function refuse_truncate()', t.name);
    execute format(
      'create trigger stamp before insert or update on %I
         for each row execute function stamp_row()', t.name);
    execute format(
      'create trigger audit after insert or update or delete on %I
         for each row execute function audit_row(%s)', t.name,
      (select string_agg(quote_literal(c), ',') from unnest(string_to_array(t.target, ',')) c));
    execute format(
      'create trigger feed_insert after insert on %1$I referencing new table as changed_rows
         for each statement execute function feed_changes(%2$s);
       create trigger feed_update after update on %1$I referencing new table as changed_rows
         for each statement execute function feed_changes(%2$s);
       create trigger feed_delete after delete on %1$I referencing old table as changed_rows
         for each statement execute function feed_changes(%2$s)', t.name,
      concat_ws(', ', quote_literal(t.entity), quote_literal(t.id_column)));
  end loop;
end $$;
create trigger no_truncate before truncate on provider_token
  for each statement execute function refuse_truncate();

--------------------------------------------------------------------------------------- built-in rows

-- The vault is a service like any other, but that its grants follow from links.
do $$
begin
  perform set_config('postern.actor', 'postern', true);
  insert into application (id, kind, name, audience, builtin)
  values ('postern-vault', 'service', 'Postern vault', 'urn:postern:vault', true);
  alter table scope disable trigger guard;
  insert into scope (application_id, value, name) values
    ('postern-vault', 'credential:obtain', 'Obtain hosted credentials'),
    ('postern-vault', 'credential:relay', 'Call through the relay');
  alter table scope enable trigger guard;
  perform set_config('postern.actor', '', true);
end $$;

create function guard_grant_on_vault() returns trigger language plpgsql as $$
begin
  raise exception 'a grant on the vault follows from links to hosted credentials'
    using errcode = 'check_violation', constraint = 'resource_grant_not_on_vault';
end $$;

create trigger guard_vault before insert or update on resource_grant
  for each row when (new.resource_id = 'postern-vault') execute function guard_grant_on_vault();
