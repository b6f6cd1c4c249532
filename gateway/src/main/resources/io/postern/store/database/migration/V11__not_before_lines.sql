-- Not-before lines: of this client, resource, token, person, session, nothing that was issued up to that
-- instant counts. Everything that ends something early draws one; every gateway follows them, and
-- verifiers may. A line goes when no token can be as old as it.

alter table change_feed drop constraint change_feed_entity_check;
alter table change_feed add constraint change_feed_entity_check
  check (entity in ('application', 'signing_keys', 'hosted_credential', 'not_before_line'));

-- How far a gateway's clock is ahead of the database's, as far as that is known: iat is by that clock.
alter table replica add column clock_ahead_seconds double precision not null default 0;

create table not_before_line (
  -- what it is of
  line text generated always as
    (kind || ' ' || id || case when resource is null then '' else ' ' || resource end) stored
    primary key,
  kind text not null
    check (kind in ('client', 'resource', 'token', 'key', 'user', 'session', 'family')),
  -- of a client or person its id, of a resource its audience, of a token its jti, of a key its kid
  id text not null check (char_length(id) between 1 and 255 and id !~ ' '),
  -- an audience: the line is of the client's or person's tokens for it alone
  resource text check (char_length(resource) between 1 and 255 and resource !~ ' '),
  -- infinity while nothing counts, as of a client that is disabled
  not_before timestamptz not null,
  -- what it was before it was infinity
  held timestamptz,
  -- when no token can be as old any more
  ends_at timestamptz not null,
  -- of the last that drew it
  revocation_id text not null constraint not_before_line_revocation_unique unique,
  reason text check (char_length(reason) between 1 and 1000),
  creation_number bigint not null unique,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  revision bigint not null,
  constraint not_before_line_resource check (resource is null or kind in ('client', 'user'))
);
create index not_before_line_ends on not_before_line (ends_at);
create index not_before_line_subject on not_before_line (kind, id);
create index not_before_line_updated on not_before_line (updated_at);

-- The instant of a line that is drawn now: by the clock that is furthest ahead among the gateways that
-- issue, and a moment more, which their heartbeats are on their way.
create function not_before_now() returns timestamptz language sql volatile as $$
  select clock_timestamp() + interval '250 ms' + make_interval(secs => coalesce((
    select greatest(max(r.clock_ahead_seconds), 0) from replica r
     where r.seen_at > clock_timestamp() - make_interval(secs => r.max_staleness_seconds + 15)), 0))
$$;

-- When a token that was issued up to an instant has ended: after the longest life, by a gateway that was
-- cut off until it was too stale.
create function not_before_end() returns timestamptz language sql volatile as $$
  select clock_timestamp() + interval '1 day 2 minutes' + make_interval(secs => coalesce((
    select max(r.max_staleness_seconds) + 15 from replica r), 0))
$$;

create function revocation_id() returns text language sql volatile as
  $$ select 'rev_' || replace(gen_random_uuid()::text, '-', '') $$;

-- Whether a client may have had tokens for an audience lately, by what it may have now; what was taken
-- away has a line of its own.
create function may_have_tokens(client text, wanted text) returns boolean language sql stable as $$
  select exists (select from application a join resource_grant g on g.resource_id = a.id
                  where a.audience = wanted and g.client_id = client)
      or wanted = 'urn:postern:vault'
         and exists (select from credential_link k where k.client_id = client)
$$;

-- A line is never taken back by another: the later instant stays. One that is drawn now is later, by a
-- second, than every line of some of the same tokens: what was issued after that one says a second which
-- may not have come yet. But not more than eight ahead of the fastest clock, which no token is (the token
-- endpoint refuses instead). Of sessions and families nothing is issued after their lines, so those have none
-- to be later than; nor have the lines of one transaction, between which nobody issues.
create function keep_later_line() returns trigger language plpgsql set enable_seqscan = off as $$
declare
  present bigint := allocate_revision();
  recent timestamptz := clock_timestamp() - interval '1 minute';
  latest timestamptz;
begin
  if tg_op = 'UPDATE' then
    if (new.kind, new.id, new.resource) is distinct from (old.kind, old.id, old.resource) then
      raise exception 'a not-before line is of what it is of'
        using errcode = 'restrict_violation', constraint = 'not_before_line_immutable';
    end if;
    if new.not_before = old.not_before then
      return new;
    end if;
    latest := old.held;
    new.held := case when new.not_before = 'infinity' then old.not_before end;
  end if;
  if new.kind in ('client', 'user', 'resource')
     and new.not_before >= clock_timestamp() and new.not_before < 'infinity' then
    if new.kind = 'resource' then
      select greatest(latest, max(l.not_before)) into latest from not_before_line l
       where l.revision <> present and l.not_before < 'infinity'
         and (l.kind = 'resource' and l.id = new.id
              or (l.updated_at > recent and l.updated_at < now() or l.updated_at > now())
                 and l.kind in ('client', 'user') and coalesce(l.resource, new.id) = new.id
                 and (l.resource is not null or l.kind = 'user'
                      or may_have_tokens(l.id, new.id)));
    else
      select greatest(latest, max(l.not_before)) into latest from not_before_line l
       where l.revision <> present and l.not_before < 'infinity'
         and (l.kind = new.kind and l.id = new.id
                 and (l.resource is null or new.resource is null or l.resource = new.resource)
              or l.kind = 'resource' and l.id = new.resource
              or (l.updated_at > recent and l.updated_at < now() or l.updated_at > now())
                 and l.kind = 'resource' and new.resource is null
                 and (new.kind = 'user' or may_have_tokens(new.id, l.id)));
    end if;
    if latest >= new.not_before - interval '1 s' then
      new.not_before := greatest(new.not_before, least(
        date_trunc('second', latest) + interval '1 s', not_before_now() + interval '8 s'));
    end if;
  end if;
  if tg_op = 'UPDATE' and old.not_before < 'infinity' and new.not_before < old.not_before then
    new.not_before := old.not_before;
  end if;
  return new;
end $$;

-------------------------------------------------------------------------- what draws lines by itself

-- A client that is disabled or gone: none of its tokens counts, not even one that a gateway issues which
-- has not heard of it. When it is active again, those that it gets from then on do.
create function line_of_status() returns trigger language plpgsql as $$
begin
  insert into not_before_line (kind, id, not_before, ends_at, revocation_id, reason)
  select w.kind, w.id, 'infinity', not_before_end(), revocation_id(), 'disabled'
    from new_rows n join old_rows o using (id)
         cross join lateral (values ('client', n.id), ('resource', n.audience)) as w (kind, id)
   where o.status = 'active' and n.status = 'disabled' and w.id is not null
  on conflict (line) do update
     set not_before = excluded.not_before, ends_at = excluded.ends_at,
         revocation_id = excluded.revocation_id, reason = excluded.reason;
  update not_before_line l
     set not_before = not_before_now(), ends_at = not_before_end()
    from new_rows n join old_rows o using (id)
   where o.status = 'disabled' and n.status = 'active'
     and l.line in ('client ' || n.id, 'resource ' || n.audience);
  return null;
end $$;

create trigger not_before after update on application
  referencing old table as old_rows new table as new_rows
  for each statement execute function line_of_status();

create function line_of_deletion() returns trigger language plpgsql as $$
begin
  insert into not_before_line (kind, id, not_before, ends_at, revocation_id, reason)
  select w.kind, w.id, 'infinity', not_before_end(), revocation_id(), 'deleted'
    from old_rows o
         cross join lateral (values ('client', o.id), ('resource', o.audience)) as w (kind, id)
   where w.id is not null
  on conflict (line) do update
     set not_before = excluded.not_before, ends_at = excluded.ends_at,
         revocation_id = excluded.revocation_id, reason = excluded.reason;
  -- Those of its grants, which went with it, say nothing more. But the audience may soon be another's,
  -- whose line has to be later than what was drawn before.
  delete from not_before_line l using old_rows o
   where l.kind = 'client' and l.resource is not null
     and (l.id = o.id
          or l.resource = o.audience
             and (l.created_at = l.updated_at and l.revision = allocate_revision()
                  or l.not_before < clock_timestamp() - interval '1 minute'));
  return null;
end $$;

create trigger not_before_deletion after delete on application
  referencing old table as old_rows
  for each statement execute function line_of_deletion();

-- The audience of a resource that is gone may be another's by now.
create function line_of_creation() returns trigger language plpgsql as $$
begin
  update not_before_line l set not_before = not_before_now(), ends_at = not_before_end()
    from new_rows n
   where l.line = 'resource ' || n.audience and l.not_before = 'infinity' and n.status = 'active';
  return null;
end $$;

create trigger not_before_creation after insert on application
  referencing new table as new_rows
  for each statement execute function line_of_creation();

-- A grant or a scope that is taken away.
create function line_of_grant() returns trigger language plpgsql as $$
begin
  insert into not_before_line (kind, id, resource, not_before, ends_at, revocation_id, reason)
  select 'client', lost.client_id, a.audience, not_before_now(), not_before_end(), revocation_id(),
         'grant taken away'
    from (select client_id, resource_id from old_rows) lost
         join application a on a.id = lost.resource_id
   where a.audience is not null
  on conflict (line) do update
     set not_before = excluded.not_before, ends_at = excluded.ends_at,
         revocation_id = excluded.revocation_id, reason = excluded.reason;
  return null;
end $$;

create trigger not_before_deletion after delete on resource_grant
  referencing old table as old_rows
  for each statement execute function line_of_grant();

create function line_of_scopes() returns trigger language plpgsql as $$
begin
  insert into not_before_line (kind, id, resource, not_before, ends_at, revocation_id, reason)
  select 'client', o.client_id, a.audience, not_before_now(), not_before_end(), revocation_id(),
         'scope taken away'
    from old_rows o join new_rows n using (client_id, resource_id)
         join application a on a.id = o.resource_id
   where not o.scopes <@ n.scopes and a.audience is not null
  on conflict (line) do update
     set not_before = excluded.not_before, ends_at = excluded.ends_at,
         revocation_id = excluded.revocation_id, reason = excluded.reason;
  return null;
end $$;

create trigger not_before after update on resource_grant
  referencing old table as old_rows new table as new_rows
  for each statement execute function line_of_scopes();

-- A signing key that goes before its time, as one does that others may have: nothing that it has signed
-- counts, whatever it says of when.
create function line_of_key() returns trigger language plpgsql as $$
begin
  insert into not_before_line (kind, id, not_before, ends_at, revocation_id, reason)
  values ('key', old.kid, 'infinity', not_before_end(), revocation_id(), 'key replaced')
  on conflict (line) do nothing;
  return null;
end $$;

create trigger not_before after delete on signing_key
  for each row when (old.due_at is null or old.due_at > clock_timestamp())
  execute function line_of_key();

-------------------------------------------------------------------------------------------- triggers

create trigger a_lock_feed before insert or update or delete on not_before_line
  for each statement execute function lock_feed();
create trigger no_truncate before truncate on not_before_line
  for each statement execute function refuse_truncate();
create trigger later before insert or update on not_before_line
  for each row execute function keep_later_line();
create trigger stamp before insert or update on not_before_line
  for each row execute function stamp_row();
create trigger audit after insert or update on not_before_line
  for each row execute function audit_row('line');
create trigger feed_insert after insert on not_before_line referencing new table as changed_rows
  for each statement execute function feed_changes('not_before_line', 'line');
create trigger feed_update after update on not_before_line referencing new table as changed_rows
  for each statement execute function feed_changes('not_before_line', 'line');
create trigger feed_delete after delete on not_before_line referencing old table as changed_rows
  for each statement execute function feed_changes('not_before_line', 'line');
