-- +goose Up
-- A ruling on 评价复核 by somebody who turns out to be conflicted is void while the
-- final result is not fixed, and the row is decided again by another (AP-3, S8).
-- What he wrote stays on record.
alter table appeal_ruling drop constraint appeal_ruling_pkey;
alter table appeal_ruling add column n int not null default 1 check (n > 0); -- counted per row
alter table appeal_ruling alter column n drop default;
alter table appeal_ruling add primary key (year, code, row, n);

create table ruling_void (
  year int not null, code code not null, row int not null, n int not null,
  why text not null check (why = 'conflict'),
  at timestamptz not null,
  primary key (year, code, row, n),
  foreign key (year, code, row, n) references appeal_ruling
);

-- The rulings that count.
create view ruling as
  select g.year, g.code, g.row, g.n, g.reviewer, g.before, g.after, g.reason, g.at from appeal_ruling g
  where not exists (select from ruling_void v where v.year = g.year and v.code = g.code and v.row = g.row and v.n = g.n);
grant select on ruling to xuanping_app;

-- +goose StatementBegin
-- A row has one ruling that counts.
create function one_ruling() returns trigger language plpgsql as $$ begin
  if exists (select from ruling g where g.year = new.year and g.code = new.code and g.row = new.row) then
    raise exception 'the row is decided already' using errcode = 'check_violation', constraint = 'one_ruling';
  end if;
  return new;
end $$;
do $$ begin
  grant select, insert on ruling_void to xuanping_app;
  create trigger append_only before update or delete on ruling_void for each row execute function append_only();
  create trigger append_only_all before truncate on ruling_void for each statement execute function append_only();
end $$;
-- +goose StatementEnd
create trigger one_ruling before insert on appeal_ruling for each row execute function one_ruling();

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
