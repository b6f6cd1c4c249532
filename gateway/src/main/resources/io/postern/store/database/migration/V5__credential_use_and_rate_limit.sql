-- The most tokens that an application gets from one gateway in a minute; null for no limit.
alter table application
  add column tokens_per_minute integer check (tokens_per_minute between 1 and 1000000);

-- When a key was last good for a token; as client_secret_use, outside of the feed.
create table client_key_use (
  client_id text not null,
  kid text not null,
  last_used_at timestamptz not null,
  primary key (client_id, kid),
  foreign key (client_id, kid) references client_key on delete cascade
);
