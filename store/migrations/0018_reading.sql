-- +goose Up
-- Who of the staff read what (SE-2). Each line is written before the first byte
-- leaves, by itself and not in the ledger: a leaf for each page would drown the
-- facts. What was read is sealed from time to time: one leaf over all lines since.
create table reading (
  id    bigint generated always as identity primary key,
  staff who not null references staff,
  kind  text not null check (kind in ('file','paper','export','institution','person')),
  year  int not null,                    -- 0: of no year
  code  text not null,                   -- the institution; '' when it is about none or many
  item  text not null,                   -- number, digest or verify code of what was read
  page  text not null check (page <> ''),-- the route, or the command
  at    timestamptz not null
);
create index on reading (staff, at);
create index on reading (year, code);

create table reading_seal (
  upto   bigint primary key check (upto > 0),
  n      int not null check (n > 0),
  digest digest not null,
  at     timestamptz not null
);

-- +goose StatementBegin
do $$ declare t text; begin
  foreach t in array array['reading','reading_seal'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd

-- +goose Down
select 1/0;
