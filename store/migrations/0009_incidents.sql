-- +goose Up
-- Incidents of 第二十条 (48 hours) and matters that must be cleared before they
-- reach the public (第十四条, 第十六条). What was said is append-only; the state
-- follows from the acts.
create table incident (
  year int not null, code code not null, n int not null check (n > 0),
  what text not null check (what <> ''), activity text not null,
  occurred_at timestamptz not null, due timestamptz not null, -- both clocks: the 48 hours run from the occurrence …
  by text not null, at timestamptz not null,                  -- '' the institution, else the officer who opened it
  primary key (year, code, n),
  foreign key (year, code) references entry,
  constraint incident_due check (due = occurred_at + interval '48 hours'),
  constraint incident_past check (occurred_at <= at)
);

create table incident_act (
  year int not null, code code not null, n int not null, k int not null check (k > 0),
  act text not null check (act in ('open','report','details','follow-up','relevance','excuse','no-report','no-detail','close')),
  role text not null, by text not null,     -- id of the person of staff; '' the institution and the calendar
  signer text not null,                     -- who acted for the institution, as typed
  body jsonb not null, digest digest not null, at timestamptz not null,
  primary key (year, code, n, k),
  foreign key (year, code, n) references incident,
  check (role in ('', 'officer', 'clock')),
  constraint incident_signed check (case role when '' then signer <> '' and by = '' when 'officer' then signer = '' and by <> '' else signer = '' and by = '' end),
  constraint incident_actor check (case when act in ('report','details','follow-up') then role = '' when act in ('open','excuse','close') then role = 'officer'
    when act in ('no-report','no-detail') then role = 'clock' else role in ('', 'officer') end)
);
-- what happens once in an incident happens once, whoever asks
create unique index incident_once on incident_act (year, code, n, act) where act in ('open','report','details','excuse','no-report','no-detail','close');

create table clearance (
  year int not null, code code not null, n int not null check (n > 0),
  kind text not null check (kind in ('prior','press')),
  subject text not null check (subject <> ''), content text not null check (content <> ''),
  channel text not null, planned date not null,
  important boolean not null, urgent boolean not null, urgent_reason text not null,
  signer text not null check (signer <> ''), digest digest not null, at timestamptz not null,
  primary key (year, code, n),
  foreign key (year, code) references entry,
  constraint clearance_urgent check (urgent = (urgent_reason <> ''))
);

create table clearance_file (
  year int not null, code code not null, n int not null, k int not null check (k > 0),
  name text not null, media text not null, size bigint not null check (size > 0), digest digest not null,
  signer text not null check (signer <> ''), at timestamptz not null,
  primary key (year, code, n, k), unique (year, code, n, digest),
  foreign key (year, code, n) references clearance
);

create table clearance_act (
  year int not null, code code not null, n int not null, k int not null check (k > 0),
  act text not null check (act in ('approve','refuse','publish','withdraw','settle','hold','article')),
  role text not null, by text not null, signer text not null,
  override text not null,                   -- why a step was taken before its turn; '' it was not
  day date,                                 -- of publication
  body jsonb not null, digest digest not null, at timestamptz not null,
  primary key (year, code, n, k),
  foreign key (year, code, n) references clearance,
  check (role in ('', 'approver')),
  constraint clearance_signed check (case role when '' then signer <> '' and by = '' else signer = '' and by <> '' end),
  -- silence is never consent: a decision has a person of the regulator's behind it
  constraint clearance_decider check ((act in ('approve','refuse')) = (role = 'approver')),
  check ((act = 'publish') = (day is not null)),
  check (override = '' or act in ('hold','article'))
);
create unique index clearance_once on clearance_act (year, code, n, act);
create unique index clearance_decided on clearance_act (year, code, n) where act in ('approve','refuse');

-- +goose StatementBegin
-- A message that is important has the principal's approval, whoever asks (第十六条).
create function clearance_principal() returns trigger language plpgsql as $$ begin
  if new.act = 'settle' and coalesce(new.body ->> 'principal', '') = '' and
     (select important from clearance c where c.year = new.year and c.code = new.code and c.n = new.n) then
    raise exception 'an important message needs the principal' using errcode = 'check_violation', constraint = 'clearance_principal';
  end if;
  return new;
end $$;
do $$ declare t text; begin
  foreach t in array array['incident','incident_act','clearance','clearance_file','clearance_act'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd
create trigger clearance_principal before insert on clearance_act for each row execute function clearance_principal();

-- +goose Down
select 1/0;
