-- What signs the links by which recipients stop their mails: 244 bits of the database's own randomness.
create table mail_secret (
  only_row boolean primary key default true check (only_row),
  secret   bytea not null
);
insert into mail_secret (secret)
values (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));

-- Who wants no more mails, whichever channel names them.
create table mail_unsubscription (
  -- In lower case, without a name.
  address         text primary key,
  unsubscribed_at timestamptz not null
);

-- Mail servers that have not answered lately; a server that answers has no row.
create table smtp_breaker (
  host       text primary key,
  failures   integer not null,
  -- Null: still tried with every mail.
  opened_at  timestamptz,
  -- When one mail may be tried next.
  retry_at   timestamptz,
  last_error text not null
);

create table mail_count (
  what  text primary key check (what in ('chart_failed')),
  count bigint not null
);
