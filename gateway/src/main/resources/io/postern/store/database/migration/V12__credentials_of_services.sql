-- Services hold credentials as agents do, to prove at introspection who they are. They get no tokens by
-- them. What is built in is the gateway itself, and proves nothing to itself.
create or replace function guard_credential() returns trigger language plpgsql as $$
begin
  if exists (select 1 from application where id = new.client_id and builtin) then
    raise exception 'application % is built in: it holds no credentials', new.client_id
      using errcode = 'restrict_violation', constraint = 'application_builtin';
  end if;
  return new;
end $$;
