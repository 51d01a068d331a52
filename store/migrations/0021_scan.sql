-- +goose Up
-- What the scanner found in a file (S2). There is no row for a file that waits:
-- without an answer nothing is clean.
create table file_scan (
  digest digest primary key,
  year int not null, code code not null,       -- who brought the file first
  clean boolean not null,
  signature text not null,                     -- what was found; '' in a clean file
  at timestamptz not null,
  foreign key (year, code) references entry,
  check (clean = (signature = ''))
);
grant select, insert on file_scan to xuanping_app;
create trigger append_only before update or delete on file_scan for each row execute function append_only();
create trigger append_only_all before truncate on file_scan for each statement execute function append_only();

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
