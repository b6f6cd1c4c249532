-- The life of a signing key. Every time is the database's, so that the gateways' clocks do not matter.

alter table signing_key
  -- when every gateway published it
  add column published_at timestamptz,
  add column activated_at timestamptz,
  add column retired_at timestamptz,
  -- the earliest time of the next step: of a pending key, once it is published everywhere, that it may
  -- sign, and of a retired one that it may go
  add column due_at timestamptz;

do $$
begin
  if exists (select from signing_key where state <> 'pending') then
    perform set_config('postern.actor', 'postern', true);
    update signing_key
       set published_at = created_at,
           activated_at = created_at,
           retired_at = case state when 'retired' then updated_at end,
           due_at = case state when 'retired' then now() + interval '2 days' end
     where state <> 'pending';
    perform set_config('postern.actor', '', true);
  end if;
end $$;

-- A gateway says how long verifiers may keep the JWK Set that they got from it.
alter table replica
  add column jwks_max_age_seconds integer not null default 300 check (jwks_max_age_seconds >= 0);
