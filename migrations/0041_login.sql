-- Nothing that an older program writes is read differently; it says so all the same, as every migration does.
select oldest_writer_becomes(41);

-- Who has signed in by a browser. The cookie is 256 random bits, of which the hash is kept.
create table login_session (
  sha256     bytea primary key,
  -- Signed in with a token: the session has its scopes and ends with it.
  token_id   uuid references api_token (id),
  -- Signed in at an OpenID provider.
  issuer     text,
  subject    text,
  name       text,
  scopes     text[],
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint login_session_of_one check (
    (token_id is null) = (issuer is not null and subject is not null and name is not null and scopes is not null)
  )
);
create index login_session_by_expiry on login_session (expires_at);

create table audit_entry (
  id         bigint generated always as identity primary key,
  at         timestamptz not null,
  actor      text not null,
  actor_name text,
  action     text not null,
  target     text,
  outcome    text not null check (outcome in ('done', 'refused')),
  reason     text,
  -- More than one: refusals that were counted instead of being stored one by one.
  times      integer not null default 1,
  address    text
);
comment on column audit_entry.actor is 'prefix of a token, oidc:<subject>, cli:<user of the machine>, or anonymous';
create index audit_entry_by_time on audit_entry (at);
create index audit_entry_by_actor on audit_entry (actor, id);
create index audit_entry_by_action on audit_entry (action, id);
