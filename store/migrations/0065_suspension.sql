-- +goose Up
-- An institution's year stands still (暂停, WF-4): nothing is asked of it, its
-- days do not run. It ends with a reason and, where days were left, with the
-- extension that gives them back.
create table suspension (
  year int not null, code code not null, n int not null check (n > 0),
  reason text not null check (reason <> ''),
  by who not null references staff, at timestamptz not null,
  primary key (year, code, n),
  foreign key (year, code) references entry
);

create table suspension_end (
  year int not null, code code not null, n int not null,
  extension int,                         -- the number of the extension; null: nothing was to be given back
  reason text not null check (reason <> ''),
  by who not null references staff, at timestamptz not null,
  primary key (year, code, n), unique (year, code, extension),
  foreign key (year, code, n) references suspension,
  foreign key (year, code, extension) references extension
);

-- The suspensions that last.
create view suspended as
  select u.year, u.code, u.n, u.at from suspension u
  where not exists (select from suspension_end d where d.year = u.year and d.code = u.code and d.n = u.n);
grant select on suspended to xuanping_app;

-- One may also leave because it was suspended to the end.
alter table entry drop constraint entry_left_how_check;
alter table entry add constraint entry_left_how_check check (left_how in ('withdrawn','revoked','merged','suspended'));

-- +goose StatementBegin
-- One suspension of an institution's year is open at a time.
create function one_suspension() returns trigger language plpgsql as $$ begin
  if exists (select from suspended s where s.year = new.year and s.code = new.code) then
    raise exception 'the year is suspended already' using errcode = 'check_violation', constraint = 'one_suspension';
  end if;
  return new;
end $$;
do $$ declare t text; begin
  foreach t in array array['suspension','suspension_end'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd
create trigger one_suspension before insert on suspension for each row execute function one_suspension();

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
