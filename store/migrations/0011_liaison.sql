-- +goose Up
-- 定点联络 (plan, box 4(一)4): who of the office is an institution's contact in a year.
create table liaison (
  year int not null, code code not null, n int not null check (n > 0),
  officer who not null references staff, by who not null references staff, at timestamptz not null,
  primary key (year, code, n),
  foreign key (year, code) references entry
);
grant select, insert on liaison to xuanping_app;
create trigger append_only before update or delete on liaison for each row execute function append_only();
create trigger append_only_all before truncate on liaison for each statement execute function append_only();

-- +goose Down
select 1/0;
