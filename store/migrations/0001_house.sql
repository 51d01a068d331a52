-- +goose Up
-- The score book. Facts are append-only: the application role may insert and
-- read them, a trigger refuses changes even to the owner, and every fact has a
-- leaf in the ledger, written in the same transaction.

-- +goose StatementBegin
do $$ begin
  -- CREATE ROLE asks for the right before it looks whether the role is there, and
  -- an owner without the right finds the role made for it beforehand.
  if not exists (select from pg_roles where rolname = 'xuanping_app') then
    begin
      create role xuanping_app nologin;
    exception when duplicate_object or unique_violation then null; -- another database of this cluster was first
    end;
  end if;
  if not pg_has_role(current_user, 'xuanping_app', 'usage') then -- since PostgreSQL 16 a maker is a member without usage
    begin
      execute format('grant xuanping_app to %I', current_user);
    exception when insufficient_privilege then
      if not pg_has_role(current_user, 'xuanping_app', 'member') then raise; end if;
    end;
  end if;
end $$;
-- +goose StatementEnd

-- collate C: the order of codes decides document numbers and may not depend on a locale
create domain code as text collate "C" check (value ~ '^CNCA-(R|RF)-\d{4}-\d{3,4}$');
create domain digest as text check (value ~ '^[0-9a-f]{64}$');
create domain who as text collate "C" check (value ~ '^[a-z][a-z0-9-]{1,31}$');

create table campaign (
  year          int primary key check (year between 2000 and 2999),
  rehearsal     boolean not null,
  rubric        text not null,
  rubric_sha256 digest not null,
  created_by    who not null,
  created_at    timestamptz not null,
  clock_at      timestamptz,             -- a rehearsal's own clock: what it showed …
  clock_set     timestamptz,             -- … when it was set
  check ((clock_at is null) = (clock_set is null)),
  check (rehearsal or clock_at is null)
);

create table rules (                     -- calendar, settings and holidays; a new version each time they move
  year    int not null references campaign,
  version int not null check (version > 0),
  body    jsonb not null,
  by      who not null,
  at      timestamptz not null,
  primary key (year, version)
);

create table institution (
  code       code primary key,
  name       text not null check (name <> ''),
  uscc       text not null unique check (length(uscc) = 18),
  province   text not null,
  category   text not null,
  head       text not null,
  contact    text not null,
  email      text not null check (email like '%_@_%'),
  mobile     text not null,
  changed_at timestamptz not null
);

create table entry (                     -- an institution's year
  year     int not null references campaign,
  code     code not null references institution,
  joined   date not null,
  ranked   boolean not null,
  stage    text not null check (stage in ('invited','planning','collecting','self-score','scoring','served','final','closed','left')),
  stage_at timestamptz not null,
  due      date,
  left_how text check (left_how in ('withdrawn','revoked','merged')),
  outcome  text check (outcome in ('certificate','report','warning')),
  primary key (year, code),
  check ((stage = 'left') = (left_how is not null))
);

create table extension (
  year int not null, code code not null, n int not null,
  task text not null, day date not null, reason text not null check (reason <> ''),
  by who not null, at timestamptz not null,
  primary key (year, code, n),
  foreign key (year, code) references entry
);

create table staff (
  id       who primary key,
  name     text not null,
  email    text not null unique,
  role     text not null check (role in ('officer','reviewer','approver','auditor')),
  password text not null,
  active   boolean not null default true
);

create table session (
  token_hash bytea primary key check (length(token_hash) = 32),
  staff      who not null references staff,
  created_at timestamptz not null,
  seen_at    timestamptz not null
);

create table ticket (
  id_hash    bytea primary key check (length(id_hash) = 32),
  year       int not null,
  code       code not null,
  scope      text not null check (scope in ('act','view')),
  intent     text not null,
  issued_at  timestamptz not null,
  expires_at timestamptz not null check (expires_at > issued_at),
  revoked_at timestamptz,
  first_used timestamptz,
  last_used  timestamptz,
  foreign key (year, code) references entry
);
create index on ticket (year, code);

create table plan (
  year int not null, code code not null, version int not null check (version > 0),
  body jsonb not null, digest digest not null, by_name text not null check (by_name <> ''),
  late boolean not null, at timestamptz not null,
  primary key (year, code, version),
  foreign key (year, code) references entry
);

create table plan_review (
  year int not null, code code not null, version int not null,
  accepted boolean not null, note text not null, by who not null references staff, at timestamptz not null,
  primary key (year, code, version),
  foreign key (year, code, version) references plan,
  check (accepted or note <> '')
);

create table evidence (
  id bigint generated always as identity primary key,
  year int not null, code code not null,
  row int not null check (row between 1 and 14),
  name text not null, media text not null, size bigint not null check (size > 0), digest digest not null,
  note text not null, by_name text not null check (by_name <> ''), own_date date, at timestamptz not null,
  unique (year, code, row, digest),
  foreign key (year, code) references entry
);

create table self_score (
  year int not null, code code not null, version int not null check (version > 0),
  marks jsonb not null, digest digest not null, by_name text not null check (by_name <> ''), at timestamptz not null,
  primary key (year, code, version),
  foreign key (year, code) references entry
);

create table seat (
  year int not null, code code not null, seat int not null check (seat between 1 and 3), n int not null check (n > 0),
  reviewer who not null references staff, due date not null, at timestamptz not null,
  primary key (year, code, seat, n),
  unique (year, code, reviewer),         -- nobody scores an institution twice
  foreign key (year, code) references entry
);

create table sheet (
  year int not null, code code not null, reviewer who not null,
  marks jsonb not null, digest digest not null, at timestamptz not null,
  primary key (year, code, reviewer),
  foreign key (year, code, reviewer) references seat (year, code, reviewer)
);

create table draft (                     -- what a person has typed but not handed in; the only working memory
  owner text not null, year int not null, code code not null, form text not null,
  body jsonb not null, at timestamptz not null,
  primary key (owner, year, code, form)
);

create table event (
  id bigint generated always as identity primary key,
  year int not null, code code not null, clause text not null, points int not null check (points > 0),
  matter text not null, title text not null check (title <> ''), source text not null,
  occurred_on date not null, by who not null references staff, at timestamptz not null,
  foreign key (year, code) references entry
);

create table event_ruling (
  event bigint primary key references event,
  confirmed boolean not null, reason text not null check (reason <> ''),
  by who not null references staff, at timestamptz not null
);

-- +goose StatementBegin
create function two_persons() returns trigger language plpgsql as $$ begin
  if exists (select from event where id = new.event and by = new."by") then -- quoted: BY is a word of PL/pgSQL
    raise exception 'the registrar of an event cannot rule on it' using errcode = 'check_violation', constraint = 'two_persons';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger two_persons before insert on event_ruling for each row execute function two_persons();

create table result (
  year int not null, code code not null, version int not null check (version > 0),
  scored boolean not null, total int not null, card jsonb not null, at timestamptz not null,
  primary key (year, code, version),
  foreign key (year, code) references entry
);

create table appeal (
  year int not null, code code not null, row int not null check (row between 1 and 16),
  text text not null check (text <> ''), digest digest not null, by_name text not null, at timestamptz not null,
  primary key (year, code, row),
  foreign key (year, code) references entry
);

create table decider (
  year int not null, code code not null, n int not null check (n > 0),
  reviewer who not null references staff, due date not null, at timestamptz not null,
  primary key (year, code, n),
  foreign key (year, code) references entry
);

-- +goose StatementBegin
create function not_a_scorer() returns trigger language plpgsql as $$ begin
  if exists (select from seat where year = new.year and code = new.code and reviewer = new.reviewer) then
    raise exception 'a scorer cannot decide the appeal' using errcode = 'check_violation', constraint = 'not_a_scorer';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger not_a_scorer before insert on decider for each row execute function not_a_scorer();

create table appeal_ruling (
  year int not null, code code not null, row int not null,
  reviewer who not null references staff,
  before int not null, after int not null check (after >= before), -- may raise or keep (AP-3)
  reason text not null check (reason <> ''), at timestamptz not null,
  primary key (year, code, row),
  foreign key (year, code, row) references appeal
);
create trigger not_a_scorer before insert on appeal_ruling for each row execute function not_a_scorer();

create table publication (
  year int primary key references campaign,
  by who not null, at timestamptz not null, totals jsonb not null
);

create table warning (
  year int not null, code code not null, number int not null check (number > 0),
  grounds jsonb not null, facts jsonb not null,
  state text not null, state_at timestamptz not null, due date,
  primary key (year, code), unique (year, number),
  foreign key (year, code) references entry
);

create table warning_act (
  year int not null, code code not null, n int not null check (n > 0),
  act text not null, role text not null, by text not null, text text not null,
  digest digest not null, at timestamptz not null,
  primary key (year, code, n),
  foreign key (year, code) references warning,
  check (act not in ('notice','sign') or by <> '')
);
-- one person acts once on the way to Issued (RW-3)
create unique index warning_distinct on warning_act (year, code, by) where act in ('notice','sign') and by <> '';

create table number (                    -- 文号, gap-free in a series, by code and never by arrival
  series text not null, year int not null, n int not null check (n > 0), code text not null,
  primary key (series, year, n), unique (series, year, code)
);

create table intent (                    -- every effect is a row before it happens
  key        text primary key,
  kind       text not null check (kind in ('mail','message','paper')),
  year       int not null, code text not null,
  body       jsonb not null, digest digest not null,
  state      text not null default 'queued' check (state in ('queued','sending','accepted','refused','failed')),
  not_before timestamptz not null,
  tries      int not null default 0, error text not null default '',
  provider   text not null default '',
  created_at timestamptz not null, taken_at timestamptz, done_at timestamptz
);
create index intent_open on intent (not_before) where state in ('queued','sending');
create index on intent (year, code);

create table paper (
  key     text primary key references intent,
  year    int not null, code text not null, kind text not null,
  number  text not null, verify text not null unique,
  digest  digest not null, pdf bytea not null, at timestamptz not null
);

create table leaf (                      -- the ledger: one record per fact, hashed as in a transparency log
  idx    bigint primary key check (idx >= 0),
  year   int not null, code text not null, kind text not null,
  record text not null, hash bytea not null check (length(hash) = 32),
  at     timestamptz not null
);
create index on leaf (year, code);
create table leaf_hash (pos bigint primary key, hash bytea not null check (length(hash) = 32));

-- +goose StatementBegin
create function append_only() returns trigger language plpgsql as $$ begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
do $$ declare t text; begin
  grant usage on schema public to xuanping_app;
  -- working rows may change
  foreach t in array array['institution','entry','staff','session','draft'] loop
    execute format('grant select, insert, update on %I to xuanping_app', t);
  end loop;
  grant delete on session, draft to xuanping_app;
  -- of these only what moves: what a year, a case, a link or a letter is for stays
  grant select, insert, update (clock_at, clock_set) on campaign to xuanping_app;
  grant select, insert, update (state, state_at, due) on warning to xuanping_app;
  grant select, insert, update (revoked_at, first_used, last_used) on ticket to xuanping_app;
  grant select, insert, update (state, taken_at, tries, error, provider, done_at, not_before) on intent to xuanping_app;
  -- facts may not
  foreach t in array array['rules','extension','plan','plan_review','evidence','self_score','seat','sheet','event','event_ruling','result',
      'appeal','decider','appeal_ruling','publication','warning_act','number','paper','leaf','leaf_hash'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
