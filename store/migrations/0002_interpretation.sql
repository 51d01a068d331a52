-- +goose Up
-- 口径台账 (第三十五条: 本指引由国家认监委解释; GL-35): what a regulator decided about
-- a place where the text leaves a choice, from which year on. One person makes an
-- interpretation, another puts it in force; neither is ever changed.

create table interpretation (
  id        text collate "C" primary key check (id ~ '^释-\d{4}-\d{2,4}$'),
  year      int not null check (year between 2000 and 2999), -- it was made
  n         int not null check (n > 0),                      -- its number in that year, gap-free
  reading   text collate "C" not null check (reading ~ '^R-\d{2}$'),
  option    text not null,                                   -- '' where the reading has no options
  clause    text not null check (clause <> ''),
  body      text not null check (body <> ''),
  from_year int not null check (from_year between 2000 and 2999),
  by        who not null references staff,
  at        timestamptz not null,
  unique (year, n)
);

create table interpretation_force (
  id text collate "C" primary key references interpretation,
  n  bigint generated always as identity,                    -- the order in which they came into force
  by who not null references staff,
  at timestamptz not null
);

-- +goose StatementBegin
create function interpretation_two_persons() returns trigger language plpgsql as $$ begin
  if exists (select from interpretation where id = new.id and by = new."by") then
    raise exception 'who made an interpretation cannot put it in force' using errcode = 'check_violation', constraint = 'interpretation_two_persons';
  end if;
  return new;
end $$;
create trigger interpretation_two_persons before insert on interpretation_force for each row execute function interpretation_two_persons();
do $$ declare t text; begin
  foreach t in array array['interpretation','interpretation_force'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
