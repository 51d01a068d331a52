-- +goose Up
-- The regulator's own yearly plan (四(二)1), what local regulators decided
-- (五(一)), and a letter to one who is late.
create table office_plan (
  year int not null check (year between 2000 and 2100), version int not null check (version > 0),
  body jsonb not null check (jsonb_typeof(body) = 'array'), digest digest not null,
  reason text not null check (reason <> ''), by who not null references staff, at timestamptz not null,
  primary key (year, version)
);

create table office_plan_mark (          -- whether an item of the plan was done
  year int not null, n int not null check (n > 0),
  version int not null, item int not null check (item > 0), done boolean not null, note text not null,
  by who not null references staff, at timestamptz not null,
  primary key (year, n),
  foreign key (year, version) references office_plan,
  constraint office_plan_undone_reason check (done or note <> '')
);

create table nudge (                     -- a letter to one who is late, at most one a day
  year int not null, code code not null, reviewer text not null default '', day date not null,
  task text not null check (task in ('plan','evidence','self-score','score')),
  by who not null references staff, at timestamptz not null,
  primary key (year, code, reviewer, day),
  foreign key (year, code) references entry,
  constraint nudge_whom check ((task = 'score') = (reviewer <> ''))
);

create table local_measure (             -- 地方具体措施
  year int not null references campaign, n int not null check (n > 0),
  province text not null check (province <> ''),
  title text not null check (title <> ''), text text not null check (text <> ''), number text not null, day date not null,
  digest digest not null, by who not null references staff, at timestamptz not null,
  primary key (year, n)
);

-- +goose StatementBegin
do $$ declare t text; begin
  foreach t in array array['office_plan','office_plan_mark','nudge','local_measure'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
