-- +goose Up
-- Mail that arrives once: what the provider reports about a letter, what comes
-- back by mail, and whether letters may go out at all.

alter table intent
  add column delivery text not null default '' check (delivery in ('','sent','deferred','delivered','dropped','bounced')),
  add column template text not null default ''; -- name@digest of the words that were sent; set before the letter is handed over

create table mail_event (                -- what the provider reported about a letter; its id makes a replay harmless
  id    text primary key check (id <> ''),
  key   text not null references intent,
  kind  text not null, state text not null check (state in ('','sent','deferred','delivered','dropped','bounced')),
  reason text not null, told_at timestamptz not null, at timestamptz not null
);
create index on mail_event (key);

create table outbox_gate (               -- whether letters may go out; the newest line of a year or of all years counts
  id bigint generated always as identity primary key,
  act text not null check (act in ('home','hold','release')),
  year int references campaign,          -- null: all
  home text not null, by text not null, reason text not null check (reason <> ''), at timestamptz not null
);

create table reply (                     -- a letter that came back: a comment, never an act with legal effect
  year int not null, code code not null, message digest not null, -- sha256 of its Message-ID
  thread text not null references intent, -- the letter it answers
  sender text not null, proof text not null, subject text not null, body text not null,
  answered boolean not null, digest digest not null, at timestamptz not null,
  primary key (year, code, message),
  foreign key (year, code) references entry
);
create index on reply (thread, at);

create table reply_file (
  year int not null, code code not null, message digest not null, n int not null check (n > 0),
  name text not null, media text not null, size bigint not null, digest text not null,
  refused text not null,                 -- why the upload checks did not take it; '' when they did
  primary key (year, code, message, n),
  foreign key (year, code, message) references reply,
  check ((refused = '') = (digest ~ '^[0-9a-f]{64}$'))
);

-- +goose StatementBegin
create function mail_held(y int) returns boolean language sql stable as $$
  select coalesce((select act = 'hold' from outbox_gate where act in ('hold','release') and (year is null or year = y) order by id desc limit 1), false)
$$;
do $$ declare t text; begin
  grant update (delivery, template) on intent to xuanping_app;
  foreach t in array array['mail_event','outbox_gate','reply','reply_file'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
