-- +goose Up
-- Accounts are changed by two persons (S6): who keeps them proposes, an approver
-- confirms. What was proposed and what was decided are facts.
alter table staff
  add column subject  text not null default '',            -- who he is at the identity provider
  add column once     boolean not null default false;      -- the password is for one login: he chooses his own
create unique index staff_subject on staff (subject) where subject <> '';

create table account_change (
  n       int primary key check (n > 0),
  account who not null,
  act     text not null check (act in ('add','change','disable','enable','password','factor')),
  body    jsonb not null,                  -- name, email, role … as they are to be
  reason  text not null check (reason <> ''),
  by      who not null references staff,
  at      timestamptz not null,
  check (by <> account)                    -- nobody proposes for himself
);

create table account_decision (
  n         int primary key references account_change,
  confirmed boolean not null,
  note      text not null,
  by        who not null references staff,
  at        timestamptz not null,
  check (confirmed or note <> '')
);

-- +goose StatementBegin
create function second_person() returns trigger language plpgsql as $$ begin
  if exists (select from account_change c where c.n = new.n and (c."by" = new."by" or c.account = new."by")) then
    raise exception 'another person confirms a change of an account' using errcode = 'check_violation', constraint = 'second_person';
  end if;
  return new;
end $$;
do $$ declare t text; begin
  foreach t in array array['account_change','account_decision'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd
create trigger second_person before insert on account_decision for each row execute function second_person();

-- +goose Down
select 1/0;
