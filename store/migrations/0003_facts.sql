-- +goose Up
-- The facts behind the points of rows 15 and 16: what an event names (activity,
-- medium, address), how a negative one was determined, what is one matter, and
-- the two lists decided once for all. Everything here is append-only.

alter table event
  add column url      text not null default '',
  add column activity text not null default '',   -- key in the activity catalogue
  add column role     text not null default '' check (role in ('','host','organise','outstanding','join','won')),
  add column medium   text not null default '',   -- as named; the directory knows it or will
  add column adoption text not null default '' check (adoption in ('','policy','info','site'));

alter table event_ruling                          -- what counts, where it was decided with the ruling
  add column clause text,
  add column points int check (points > 0);

create table event_move (                         -- 线索 → 调查 → 告知 → 认定 / 不予认定 / 无关
  event bigint not null references event, n int not null check (n > 0),
  year int not null, code code not null,
  act   text not null check (act in ('inquire','tell','reply','return','establish','dismiss','unrelated','refer')),
  state text not null check (state in ('lead','inquiry','told','established','dismissed','unrelated')),
  source_kind text not null default '' check (source_kind in ('','judgment','penalty','inspection','notice','media','other')),
  relevance   text not null default '' check (relevance in ('','relevant','partly','irrelevant','undecided')),
  severity    text not null default '',
  points      int check (points between 100 and 500 and points % 100 = 0),
  notice      int check (notice > 0), due date,
  by text not null, by_name text not null default '', text text not null check (text <> ''), digest digest not null, at timestamptz not null,
  primary key (event, n),
  foreign key (year, code) references entry,
  check ((act = 'reply') = (by = '')),
  check (act <> 'reply' or by_name <> ''),
  check ((act = 'tell') = (notice is not null)),
  constraint event_determined check (act <> 'establish' or
    (source_kind not in ('','media') and relevance in ('relevant','partly') and severity <> '' and points is not null))
);
create unique index event_notice on event_move (year, code, notice) where notice is not null;

-- +goose StatementBegin
create function determiner_apart() returns trigger language plpgsql as $$ begin
  if new.act in ('establish','dismiss','unrelated') and (
      exists (select from event where id = new.event and by = new."by")
      or exists (select from event_move m where m.event = new.event and m.by = new."by" and m.act in ('inquire','tell'))) then
    raise exception 'who registered or inquired into an event cannot determine it' using errcode = 'check_violation', constraint = 'determiner_apart';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger determiner_apart before insert on event_move for each row execute function determiner_apart();

create table matter_act (                         -- a decision on what is one matter (同一事项)
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('merge','split','undo')),
  undoes bigint unique references matter_act,
  reason text not null check (reason <> ''), by who not null references staff, at timestamptz not null,
  check ((kind = 'undo') = (undoes is not null))
);

create table matter_place (                       -- where the decision put an event; the newest decision holds
  act bigint not null references matter_act, event bigint not null references event,
  was text not null, matter text not null,
  primary key (act, event)
);
create index on matter_place (event, act desc);

create table activity (
  key text collate "C" not null check (key <> '' and length(key) <= 60), version int not null check (version > 0),
  name text not null check (name <> ''), aliases text[] not null,
  award boolean not null, national boolean not null, cnca boolean not null,
  organiser text not null, source text not null, starts date, ends date,
  reason text not null check (reason <> ''), by who not null references staff, at timestamptz not null,
  primary key (key, version),
  constraint national_by_document check (not national or source <> ''),
  check (ends is null or starts is null or ends >= starts)
);

create table medium (
  key text collate "C" not null check (key <> '' and length(key) <= 60), version int not null check (version > 0),
  name text not null check (name <> ''), aliases text[] not null,
  level text not null check (level in ('first','central','provincial','none')), valid_from date not null,
  reason text not null check (reason <> ''), by who not null references staff, at timestamptz not null,
  primary key (key, version)
);

create table medium_request (
  year int not null, code code not null, n int not null check (n > 0),
  name text not null check (name <> ''), url text not null, reason text not null check (reason <> ''),
  by_name text not null check (by_name <> ''), digest digest not null, at timestamptz not null,
  primary key (year, code, n),
  foreign key (year, code) references entry
);

-- +goose StatementBegin
do $$ declare t text; begin
  foreach t in array array['event_move','matter_act','matter_place','activity','medium','medium_request'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
