-- +goose Up
-- A notice that opens days for the institution (事先告知书、扣分事项告知) and came
-- back is served once more: by a letter under a key of its own, or on paper. Its
-- days run anew from then (AP-2, RW-4, AN-16).
create table service (
  year int not null, code code not null, n int not null check (n > 0),
  letter text not null references intent, -- the letter that did not arrive
  kind text not null check (kind in ('mail','paper')),
  until date not null,                   -- last day of the days that it opens, as the notice names it
  reason text not null check (reason <> ''),
  by who not null references staff, at timestamptz not null,
  primary key (year, code, n),
  foreign key (year, code) references entry
);
create index on service (letter);

-- +goose StatementBegin
do $$ begin
  grant select, insert on service to xuanping_app;
  create trigger append_only before update or delete on service for each row execute function append_only();
  create trigger append_only_all before truncate on service for each statement execute function append_only();
end $$;
-- +goose StatementEnd

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
