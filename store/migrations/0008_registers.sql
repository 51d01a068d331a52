-- +goose Up
-- What institutions keep in registers: every save is a whole new version, so
-- that what a reviewer saw can be shown again. Files are named once a year and
-- institution. A file that leaked is named here, and nothing gives it out again
-- (Art. 5): its digest and the reason stay, its content goes.
create table register_version (
  year int not null, code code not null,
  register text collate "C" not null check (register ~ '^[a-z][a-z0-9-]{1,31}$'),
  version int not null check (version > 0),
  schema digest not null,
  body jsonb not null check (jsonb_typeof(body -> 'rows') = 'array'),
  digest digest not null,
  declared boolean not null check (declared),  -- 保密声明: without it nothing is kept (GL-5)
  carried_from int check (carried_from < year),
  by_name text not null check (by_name <> ''), at timestamptz not null,
  primary key (year, code, register, version),
  foreign key (year, code) references entry
);
-- who names whom in a joint activity (AN-6)
create index register_rows on register_version using gin ((body -> 'rows') jsonb_path_ops);

create table register_file (
  year int not null, code code not null, digest digest not null,
  name text not null, media text not null, size bigint not null check (size > 0),
  by_name text not null check (by_name <> ''), at timestamptz not null,
  primary key (year, code, digest),
  foreign key (year, code) references entry
);

create table quarantine (
  digest digest primary key,
  year int not null, code code not null,
  reason text not null check (reason <> ''),
  by who not null references staff, at timestamptz not null,
  foreign key (year, code) references entry
);

-- +goose StatementBegin
do $$ declare t text; begin
  foreach t in array array['register_version','register_file','quarantine'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
