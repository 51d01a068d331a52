-- +goose Up
-- Article 32 to the letter: a legal checker, the edition of the ladder that a
-- case began with, its proof of service, why others were not proposed, and
-- files with a rectification or with one row of an appeal.

alter table staff drop constraint staff_role_check;
alter table staff add constraint staff_role_check check (role in ('officer','reviewer','approver','auditor','legal'));

alter table warning
  add column ladder int not null default 0,       -- 0: of the first release
  add column hand boolean not null default false, -- proposed by an officer, not by the criteria
  add column served date;                         -- the decision was accepted for delivery (RW-5)
grant update (served) on warning to xuanping_app;

alter table warning_act add constraint warning_act_by check ((by = '') = (role in ('','clock')));

-- What the index warning_distinct cannot say (RW-3): who checks or decides has
-- not worked on the case before nor scored the institution, and what takes two
-- is done by two.
-- +goose StatementBegin
create function warning_apart() returns trigger language plpgsql as $$ begin
  if new.act in ('pass','remand','sign','talk','remind') then
    if exists (select from seat where year = new.year and code = new.code and reviewer = new."by")
      or exists (select from decider where year = new.year and code = new.code and reviewer = new."by") then
      raise exception 'a reviewer of the institution takes no part' using errcode = 'check_violation', constraint = 'warning_partial';
    end if;
    if exists (select from warning_act a where a.year = new.year and a.code = new.code and a."by" = new."by"
        and (a.act in ('propose','notice','supplement') or a.act in ('pass','remand') and new.act in ('sign','talk','remind'))) then
      raise exception 'who worked on the case does not decide it' using errcode = 'check_violation', constraint = 'warning_distinct';
    end if;
  end if;
  if new.act in ('revoke','publish') and not exists (select from warning_act a where a.year = new.year and a.code = new.code and a."by" <> new."by"
      and a.act = case new.act when 'revoke' then 'error' else 'open' end) then
    raise exception 'it takes two persons' using errcode = 'check_violation', constraint = 'warning_second';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger warning_apart before insert on warning_act for each row execute function warning_apart();

-- AP-3: who acted on an institution's year does not decide its 评价复核, in
-- whatever role he acted.
-- +goose StatementBegin
create function not_involved() returns trigger language plpgsql as $$ begin
  if exists (select from event e left join event_ruling r on r.event = e.id where e.year = new.year and e.code = new.code and (e."by" = new.reviewer or r."by" = new.reviewer))
    or exists (select from plan_review where year = new.year and code = new.code and "by" = new.reviewer)
    or exists (select from extension where year = new.year and code = new.code and "by" = new.reviewer) then
    raise exception 'who acted on the year cannot decide the appeal' using errcode = 'check_violation', constraint = 'not_involved';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger not_involved before insert on decider for each row execute function not_involved();
create trigger not_involved before insert on appeal_ruling for each row execute function not_involved();

create table warning_skip (              -- why an institution that meets a criterion is not proposed (RW-8)
  year int not null, code code not null, n int not null check (n > 0),
  reason text not null check (reason <> ''), by who not null references staff, at timestamptz not null,
  primary key (year, code, n),
  foreign key (year, code) references entry
);

create table case_file (                 -- evidence with a rectification, or with one row of an appeal
  year int not null, code code not null, n int not null check (n > 0),
  about text not null check (about in ('rectification','appeal')), row int not null check ((about = 'appeal') = (row between 1 and 16)),
  name text not null, media text not null, size bigint not null check (size > 0), digest digest not null,
  note text not null, by_name text not null check (by_name <> ''), at timestamptz not null,
  primary key (year, code, n),
  constraint case_file_once unique (year, code, about, row, digest),
  foreign key (year, code) references entry
);

-- +goose StatementBegin
do $$ declare t text; begin
  foreach t in array array['warning_skip','case_file'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
