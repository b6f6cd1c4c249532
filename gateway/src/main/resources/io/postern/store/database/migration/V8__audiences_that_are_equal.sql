-- Two audiences that are equal as URIs (RFC 3986 §6.2.2, §6.2.3) would both be meant by one resource
-- parameter (RFC 8707), so no second one is registered from now on. What is there stays.

-- ResourceIdentifier.normalize in SQL; a test compares. Scheme and host in small letters, no default
-- port, no empty path beside a host, percent-encodings in capitals and only where they are needed.
create function normal_audience(audience text) returns text language plpgsql immutable strict as $$
declare
  scheme text := lower(substring(audience from '^([A-Za-z][A-Za-z0-9+.-]*):') collate "C");
  rest text := substr(audience, length(scheme) + 2);
  authority text;
  user_part text;
  host text;
  path text;
begin
  if scheme is null then
    return audience;
  end if;
  if position('%' in rest) > 0 then
    select string_agg(
             case
               when length(part) < 3 or part !~ '^%' then part
               when code between 48 and 57 or code between 65 and 90 or code between 97 and 122
                 or code in (45, 46, 95, 126) then chr(code)
               else upper(part collate "C")
             end, '' order by n)
      into rest
      from (select m[1] as part, n,
                   case when m[1] ~ '^%[0-9A-Fa-f]{2}$'
                        then ('x' || substr(m[1], 2))::bit(8)::integer end as code
              from regexp_matches(rest, '%[0-9A-Fa-f]{2}|[^%]+|%', 'g') with ordinality as p (m, n)
           ) parts;
  end if;
  if rest !~ '^//' then
    return scheme || ':' || rest;
  end if;
  authority := substring(rest from '^//([^/?#]*)');
  path := substr(rest, length(authority) + 3);
  user_part := coalesce(substring(authority from '^.*@'), '');
  host := lower(substr(authority, length(user_part) + 1) collate "C");
  host := case
    when host ~ ':$' then left(host, -1)
    when scheme = 'http' and host ~ ':80$' then left(host, -3)
    when scheme = 'https' and host ~ ':443$' then left(host, -4)
    else host
  end;
  return scheme || '://' || user_part || host || case when path ~ '^/' then '' else '/' end || path;
end $$;

-- few are written otherwise; one that is written in its normal form is found by itself
create index application_normal_audience on application (normal_audience(audience))
  where normal_audience(audience) <> audience;

-- By the indexes whatever the statistics say: a plan that is made while the table is small stays for as
-- long as the session, and a bulk insert would read all of the table for each of its rows.
create function guard_audience() returns trigger language plpgsql set enable_seqscan = off as $$
declare
  normal text := normal_audience(new.audience);
  other text;
begin
  select audience into other from application
   where normal_audience(audience) = normal and normal_audience(audience) <> audience
     and audience <> new.audience
   limit 1;
  if other is null and normal <> new.audience then
    select audience into other from application where audience = normal;
  end if;
  if other is not null then
    raise exception 'audience % is equal to %', new.audience, other
      using errcode = 'unique_violation', constraint = 'application_audience_equal', detail = other;
  end if;
  return new;
end $$;

-- an audience is immutable: it is looked at once
create trigger guard_audience before insert on application
  for each row when (new.audience is not null) execute function guard_audience();
