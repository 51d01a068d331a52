-- +goose Up
-- A session says how far its person has come: what is not full opens nothing but
-- the page that it waits for. Working memory, like the session itself: the row
-- digests of 0090 leave these tables out.
alter table session
  add column level      text not null default 'full' check (level in ('full','code','change','enrol')),
  add column via        text not null default 'password' check (via in ('password','oidc')),
  add column checked_at timestamptz,                        -- when he last showed who he is; null: at created_at
  add column tries      int not null default 0;             -- wrong answers since

create table factor (                    -- the secret of a one-time code (RFC 6238), sealed under the house's key
  staff        who primary key references staff,
  secret       bytea not null,
  made_at      timestamptz not null,
  confirmed_at timestamptz,
  last_step    bigint not null default 0                    -- a code counts once
);
create table recovery (                  -- for the day the telephone is lost; each serves once
  staff   who not null references staff,
  hash    bytea not null check (length(hash) = 32),
  used_at timestamptz,
  primary key (staff, hash)
);
create table oidc_login (                -- a login that went to the identity provider and has not come back
  state_hash bytea primary key check (length(state_hash) = 32),
  nonce      text not null,
  verifier   text not null,
  next       text not null,
  again      boolean not null,           -- to show once more who he is, not to sign in
  at         timestamptz not null
);
grant select, insert, update, delete on factor, recovery to xuanping_app;
grant select, insert, delete on oidc_login to xuanping_app;

-- +goose Down
select 1/0;
