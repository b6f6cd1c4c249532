-- Postern's registry: who may ask (applications and their credentials), what exists (audiences and
-- scopes), who may have what (grants), and the change feed that carries every committed change to the
-- gateways. The rules that must hold whoever writes (admin API, an import, psql) live here.
-- PostgreSQL 14 to 18.

------------------------------------------------------------------------------------------ change feed

-- One row. Its lock orders all writers, so that revision order is commit order; a sequence would
-- hand out a lower number to a transaction that commits later.
create table feed_head (
  only_row boolean primary key default true check (only_row),
  revision bigint not null,
  -- the transaction that allocated the revision; a transaction has one revision
  transaction_id xid8 not null,
  -- changes up to this revision are gone from change_feed: a reader behind it needs a new snapshot
  pruned_through bigint not null default 0
);
insert into feed_head (revision, transaction_id) values (0, pg_current_xact_id());

-- Names what changed, not how: the reader reads the present state in the same snapshot.
create table change_feed (
  revision bigint not null,
  entity text not null check (entity in ('application', 'signing_keys')),
  id text not null,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (revision, entity, id)
);

-- Takes the head's lock until the transaction ends and answers the transaction's revision.
create function allocate_revision() returns bigint language plpgsql as $$
declare
  allocated bigint;
begin
  update feed_head
     set revision = revision + 1, transaction_id = pg_current_xact_id()
   where transaction_id <> pg_current_xact_id();
  select revision into allocated from feed_head;
  return allocated;
end $$;

-- Before each writing statement, and so before its first row lock: writers queue up at the head
-- instead of deadlocking on each other's rows.
create function lock_feed() returns trigger language plpgsql as $$
begin
  perform allocate_revision();
  return null;
end $$;

-- A TRUNCATE names no rows, so the feed could not say what is gone.
create function refuse_truncate() returns trigger language plpgsql as $$
begin
  raise exception 'table % cannot be truncated: delete its rows', tg_table_name
    using errcode = 'restrict_violation';
end $$;

-- TG_ARGV[0]: the entity; TG_ARGV[1]: the column that holds its id, or nothing for a single entity.
create function feed_changes() returns trigger language plpgsql as $$
begin
  execute format(
    'insert into change_feed (revision, entity, id)
     select distinct (select revision from feed_head), %L, %s from changed_rows
     on conflict do nothing',
    tg_argv[0], coalesce(quote_ident(tg_argv[1]), quote_literal('')));
  perform pg_notify('postern_feed', '');
  return null;
end $$;

---------------------------------------------------------------------------------------- row metadata

-- Drawn after the head's lock is held, so that creation order is commit order: a page of a list never
-- misses a row that commits later with a lower number.
create sequence creation_number;

create function stamp_row() returns trigger language plpgsql as $$
begin
  new.revision := allocate_revision();
  new.updated_at := now();
  if tg_op = 'INSERT' then
    new.created_at := now();
    new.creation_number := nextval('creation_number');
  end if;
  return new;
end $$;

----------------------------------------------------------------------------------------------- audit

-- Every change with its author. The author is the session's postern.actor, which the admin API sets;
-- another writer appears under its database role.
create table audit_event (
  event_id bigint generated always as identity primary key,
  occurred_at timestamptz not null default now(),
  actor text not null,
  source text,
  action text not null check (action in ('insert', 'update', 'delete')),
  target_type text not null,
  target text not null,
  revision bigint not null,
  before jsonb,
  after jsonb
);
create index audit_event_target on audit_event (target, event_id);
create index audit_event_actor on audit_event (actor, event_id);
create index audit_event_occurred_at on audit_event (occurred_at);

-- TG_ARGV: the columns that make the target's name. Hashes and encrypted keys stay out.
create function audit_row() returns trigger language plpgsql as $$
declare
  old_row jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) - '{hash,private_key}'::text[] end;
  new_row jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) - '{hash,private_key}'::text[] end;
  target text;
begin
  select string_agg(coalesce(new_row, old_row) ->> c, '/' order by n)
    into target from unnest(tg_argv) with ordinality as a (c, n);
  insert into audit_event (actor, source, action, target_type, target, revision, before, after)
  values (
    coalesce(nullif(current_setting('postern.actor', true), ''), 'database:' || session_user),
    coalesce(nullif(current_setting('postern.source', true), ''), host(inet_client_addr())),
    lower(tg_op), tg_table_name, target, (select revision from feed_head), old_row, new_row);
  return null;
end $$;

---------------------------------------------------------------------------------------- applications

-- Agents, services and clients: one id space. An application is a client when it holds credentials and
-- a resource when it has an audience; an agent is both.
create table application (
  id text primary key check (id ~ '^[A-Za-z0-9._~-]{3,128}$'),
  kind text not null check (kind in ('agent', 'service', 'client')),
  name text not null check (char_length(name) between 1 and 200),
  -- visible ASCII without the bar, which separates audience and scope in a scope parameter
  audience text constraint application_audience_unique unique
    check (audience ~ '^[!-{}~]{1,255}$'),
  status text not null default 'active' check (status in ('active', 'disabled')),
  -- of tokens issued for this audience
  access_token_ttl_seconds integer check (access_token_ttl_seconds between 60 and 86400),
  signing_alg text check (signing_alg in ('ES256', 'RS256', 'PS256', 'EdDSA')),
  -- of requests that come from this application
  grant_types text[] not null default '{client_credentials}'
    check (grant_types <@ '{client_credentials}'),
  assertion_audience text not null default 'issuer'
    check (assertion_audience in ('issuer', 'issuer_or_token_endpoint')),
  -- how callers of an agent are permitted; the permission's scope value is the agent's one scope
  permission_name text check (char_length(permission_name) between 1 and 200),
  permission_mode text check (permission_mode in ('auto', 'manual')),
  builtin boolean not null default false,
  creation_number bigint not null unique,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null,
  constraint application_resource_has_audience check (kind = 'client' or audience is not null),
  constraint application_agent_has_permission
    check ((kind = 'agent') = (permission_name is not null and permission_mode is not null))
);
create index application_kind on application (kind, creation_number);

-- Every id ever given: the id of a deleted application is never given again.
create table application_id (
  id text constraint application_id_never_reused primary key
);

create function guard_application() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into application_id (id) values (new.id);
    return new;
  end if;
  if old.builtin then
    raise exception 'application % is built in', old.id
      using errcode = 'restrict_violation', constraint = 'application_builtin';
  end if;
  if tg_op = 'DELETE' then
    -- at once, not scope by scope through the cascade
    delete from resource_grant where client_id = old.id or resource_id = old.id;
    return old;
  end if;
  if (new.id, new.kind, new.audience, new.builtin)
     is distinct from (old.id, old.kind, old.audience, old.builtin) then
    raise exception 'id, kind and audience of application % are immutable', old.id
      using errcode = 'restrict_violation', constraint = 'application_immutable';
  end if;
  return new;
end $$;

-- The scopes of a resource. A service has its own; an agent has one, its permission.
create table scope (
  application_id text not null references application on delete cascade,
  value text not null
    -- "." and ".." could not be named in a path
    check (value ~ '^[!#-\[\]-{}~]{1,255}$' and value not in ('.all', '.', '..')),
  name text check (char_length(name) between 1 and 200),
  creation_number bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null,
  primary key (application_id, value)
);

-- A scope that goes leaves every grant at once; a grant whose last scope goes, goes too.
create function follow_scope() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    delete from resource_grant
     where resource_id = old.application_id and scopes = array[old.value];
    update resource_grant set scopes = array_remove(scopes, old.value)
     where resource_id = old.application_id and old.value = any (scopes);
  elsif new.value <> old.value then
    update resource_grant set scopes = array_replace(scopes, old.value, new.value)
     where resource_id = old.application_id and old.value = any (scopes);
  end if;
  -- a resource is shown with its scopes: its revision moves with them
  update application set updated_at = now() where id = old.application_id and not builtin;
  return null;
end $$;

create function touch_scope_owner() returns trigger language plpgsql as $$
begin
  update application set updated_at = now() where id = new.application_id and not builtin;
  return null;
end $$;

create function guard_builtin_scope() returns trigger language plpgsql as $$
declare
  owner text := case when tg_op = 'INSERT' then new.application_id else old.application_id end;
begin
  if exists (select 1 from application where id = owner and builtin) then
    raise exception 'the scopes of application % are built in', owner
      using errcode = 'restrict_violation', constraint = 'application_builtin';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;

----------------------------------------------------------------------------------------- credentials

-- Keys that encrypt private signing keys and key the secret hashes, wrapped by the master key.
create table data_key (
  data_key_id text primary key,
  purpose text not null check (purpose in ('secret_hash', 'signing_key')),
  wrapped bytea not null,
  created_at timestamptz not null default now()
);

create table client_secret (
  secret_id text primary key,
  client_id text not null references application on delete cascade,
  -- HMAC-SHA-256 of the secret under the data key
  hash bytea not null check (octet_length(hash) = 32),
  data_key_id text not null references data_key,
  description text check (char_length(description) <= 200),
  expires_at timestamptz,
  creation_number bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null
);
create index client_secret_client on client_secret (client_id, creation_number);

-- When a secret was last good for a token; outside of the feed, as every gateway writes it.
create table client_secret_use (
  secret_id text primary key references client_secret on delete cascade,
  last_used_at timestamptz not null
);

create table client_key (
  client_id text not null references application on delete cascade,
  kid text not null check (char_length(kid) between 1 and 255 and kid not in ('.', '..')),
  -- RFC 7638, SHA-256
  thumbprint text not null,
  key_type text not null check (key_type in ('P-256', 'P-384', 'P-521', 'RSA', 'Ed25519')),
  -- X.509 SubjectPublicKeyInfo
  public_key bytea not null,
  -- the one algorithm that the key may be used with, if its JWK named one
  alg text check (alg in ('ES256', 'ES384', 'ES512', 'RS256', 'PS256', 'EdDSA')),
  expires_at timestamptz,
  creation_number bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null,
  constraint client_key_kid_unique primary key (client_id, kid),
  constraint client_key_thumbprint_unique unique (client_id, thumbprint)
);

create function guard_credential() returns trigger language plpgsql as $$
begin
  if exists (select 1 from application where id = new.client_id and kind = 'service') then
    raise exception 'application % is a service: it holds no credentials', new.client_id
      using errcode = 'check_violation', constraint = 'credential_of_client';
  end if;
  return new;
end $$;

---------------------------------------------------------------------------------------------- grants

-- Which scopes a client may get on a resource. Agent to service or agent is outbound authorization.
create table resource_grant (
  client_id text not null references application on delete cascade,
  resource_id text not null references application on delete cascade,
  -- sorted, distinct, each a scope of the resource
  scopes text[] not null check (cardinality(scopes) > 0),
  expires_at timestamptz,
  creation_number bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null,
  primary key (client_id, resource_id),
  constraint resource_grant_not_to_itself check (client_id <> resource_id)
);
create index resource_grant_resource on resource_grant (resource_id);

create function guard_grant() returns trigger language plpgsql as $$
declare
  known integer;
begin
  if exists (select 1 from application where id = new.client_id and kind = 'service') then
    raise exception 'application % is a service: it is granted nothing', new.client_id
      using errcode = 'check_violation', constraint = 'resource_grant_of_client';
  end if;
  new.scopes := array(select distinct s collate "C" as value from unnest(new.scopes) s order by value);
  perform 1 from scope
    where application_id = new.resource_id and value = any (new.scopes) for key share;
  get diagnostics known = row_count;
  if known <> cardinality(new.scopes) then
    raise exception 'a granted scope does not exist on %', new.resource_id
      using errcode = 'foreign_key_violation', constraint = 'resource_grant_scope_exists';
  end if;
  return new;
end $$;

---------------------------------------------------------------------------------------- signing keys

create table signing_key (
  kid text primary key,
  alg text not null check (alg in ('ES256', 'RS256', 'PS256', 'EdDSA')),
  -- pending: published, not signing yet; retired: published until its last token has expired
  state text not null check (state in ('pending', 'active', 'retired')),
  public_jwk jsonb not null,
  -- PKCS #8, encrypted under the data key
  private_key bytea not null,
  data_key_id text not null references data_key,
  creation_number bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null
);
create unique index signing_key_one_active on signing_key (alg) where state = 'active';

-------------------------------------------------------------------------------------------- triggers

-- PostgreSQL fires the triggers of one event in the order of their names.
create trigger guard before insert or update or delete on application
  for each row execute function guard_application();
create trigger guard before insert or update on client_secret
  for each row execute function guard_credential();
create trigger guard before insert or update on client_key
  for each row execute function guard_credential();
create trigger guard before insert or update on resource_grant
  for each row execute function guard_grant();
create trigger follow after update or delete on scope
  for each row execute function follow_scope();
create trigger touch after insert on scope
  for each row execute function touch_scope_owner();

do $$
declare
  t record;
begin
  for t in
    select * from (values
      ('application', 'application', 'id', 'id'),
      ('scope', 'application', 'application_id', 'application_id,value'),
      ('client_secret', 'application', 'client_id', 'client_id,secret_id'),
      ('client_key', 'application', 'client_id', 'client_id,kid'),
      ('resource_grant', 'application', 'client_id', 'client_id,resource_id'),
      ('signing_key', 'signing_keys', null, 'kid')
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

--------------------------------------------------------------------------------------- built-in rows

-- The admin API is a service like any other: its tokens are ours.
insert into application (id, kind, name, audience, builtin)
values ('postern-admin-api', 'service', 'Postern admin API', 'urn:postern:admin', true);
insert into scope (application_id, value, name) values
  ('postern-admin-api', 'admin:read', 'Read everything but secrets'),
  ('postern-admin-api', 'admin:write', 'Change everything');

-- from now on
create trigger guard before insert or update or delete on scope
  for each row execute function guard_builtin_scope();
