-- +goose Up
-- Honours and cases (四(四), 五(四)), the unscored survey (专栏4(一)3), and local
-- regulators (专栏4(二)). All of it is append-only: a state is read off the moves.

-- +goose StatementBegin
do $$ declare c text; begin
  -- whatever the check of roles is called by now
  for c in select conname from pg_constraint where conrelid = 'staff'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%officer%' loop
    execute format('alter table staff drop constraint %I', c);
  end loop;
end $$;
-- +goose StatementEnd
alter table staff add constraint staff_role_check check (role in ('officer','reviewer','approver','auditor','legal','local'));
alter table staff add column province text not null default '';
alter table staff add constraint staff_local_province check ((role = 'local') = (province <> ''));

create table honour (
  year int not null references campaign, n int not null check (n > 0),
  kind text not null check (kind in ('case','institution','person','base','course','warning-case')),
  code text not null default '', province text not null default '',
  holder text not null check (holder <> ''), title text not null check (title <> ''), text text not null check (text <> ''),
  named boolean not null, shown_title text not null, shown_text text not null, -- as the public reads it
  source text not null check (source in ('officer','institution','local')),
  by text not null, by_name text not null, digest digest not null, at timestamptz not null,
  primary key (year, n),
  check (code = '' or code ~ '^CNCA-(R|RF)-\d{4}-\d{3,4}$'),
  check ((source = 'institution') = (by = ''))
);

create table honour_move (
  year int not null, n int not null, m int not null check (m > 0),
  act text not null, role text not null, by who not null references staff, reason text not null check (reason <> ''),
  starts date, ends date, digest digest not null, at timestamptz not null,
  primary key (year, n, m),
  foreign key (year, n) references honour,
  check ((act = 'show') = (starts is not null)),
  check ((starts is null) = (ends is null) and starts < ends)
);

create table objection (                 -- against an honour, while it is shown
  year int not null, n int not null, k int not null check (k > 0),
  source text not null check (source <> ''), text text not null check (text <> ''),
  by who not null references staff, digest digest not null, at timestamptz not null,
  primary key (year, n, k),
  foreign key (year, n) references honour
);

create table objection_ruling (
  year int not null, n int not null, k int not null,
  upheld boolean not null, reason text not null check (reason <> ''),
  by who not null references staff, at timestamptz not null,
  primary key (year, n, k),
  foreign key (year, n, k) references objection
);

create table survey (                    -- the unscored questions of a year, by version
  year int not null references campaign, version int not null check (version > 0),
  questions jsonb not null, digest digest not null, by who not null references staff, at timestamptz not null,
  primary key (year, version)
);

create table survey_answer (
  year int not null, code code not null, n int not null check (n > 0),
  version int not null, answers jsonb not null, digest digest not null, by_name text not null check (by_name <> ''), at timestamptz not null,
  primary key (year, code, n),
  foreign key (year, code) references entry,
  foreign key (year, version) references survey
);

create table observation (               -- of a local regulator about an institution of his province; never a score
  year int not null, code code not null, n int not null check (n > 0),
  row int not null default 0 check (row between 0 and 16),
  text text not null check (text <> ''), digest digest not null, by who not null references staff, at timestamptz not null,
  primary key (year, code, n),
  foreign key (year, code) references entry
);

create table local_set (                 -- the indicators by which local regulators are compared; the source gives none
  year int not null references campaign, version int not null check (version > 0),
  body jsonb not null, digest digest not null, by who not null references staff, at timestamptz not null,
  primary key (year, version)
);

create table local_value (               -- figures that an officer entered for such indicators
  year int not null references campaign, version int not null check (version > 0),
  body jsonb not null, digest digest not null, by who not null references staff, at timestamptz not null,
  primary key (year, version)
);

-- +goose StatementBegin
do $$ declare t text; begin
  foreach t in array array['honour','honour_move','objection','objection_ruling','survey','survey_answer','observation','local_set','local_value'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
