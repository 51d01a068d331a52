-- +goose Up
-- The code of an act with legal effect (S1): that it was asked for, by which
-- link and for which content, and each try. The code itself stands nowhere: it
-- follows from the house's secret and the key of its letter, as links do.
create table act_code (
  year int not null, code code not null, n int not null check (n > 0),
  act text collate "C" not null check (act ~ '^[a-z][a-z0-9-]{1,31}$'),
  link bytea not null references ticket check (length(link) = 32), -- the hash of the link's id
  digest digest not null,                                          -- act, content and who signs
  at timestamptz not null,                                         -- on the campaign's clock
  asked_at timestamptz not null, expires_at timestamptz not null check (expires_at > asked_at), -- real time
  primary key (year, code, n),
  foreign key (year, code) references entry
);
create index on act_code (link);

create table act_code_try (
  year int not null, code code not null, n int not null, try int not null check (try between 1 and 6),
  good boolean not null, at timestamptz not null,
  primary key (year, code, n, try),
  foreign key (year, code, n) references act_code
);
create unique index act_code_good on act_code_try (year, code, n) where good; -- a code is right once

-- +goose StatementBegin
do $$ declare t text; begin
  foreach t in array array['act_code','act_code_try'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
