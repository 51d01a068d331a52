-- +goose Up
-- An institution that a case of Article 32 kept from the certificate at publication
-- gets it when the case ends without any measure (RW-5, PL-16): its number, and
-- the day from which it counts as excellent.
create table late_honour (
  year int not null, code code not null,
  number int not null check (number > 0),
  at timestamptz not null,
  primary key (year, code),
  foreign key (year, code) references warning
);

-- +goose StatementBegin
do $$ begin
  grant select, insert on late_honour to xuanping_app;
  create trigger append_only before update or delete on late_honour for each row execute function append_only();
  create trigger append_only_all before truncate on late_honour for each statement execute function append_only();
end $$;
-- +goose StatementEnd

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
