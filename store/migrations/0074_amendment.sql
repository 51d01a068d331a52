-- +goose Up
-- 评价复核 of rows 15 and 16 (AP-3): their points come from events, so the decider
-- decides event by event. The determination (event_ruling, event_move) stays; what
-- he makes of it is an edition beside it, only ever in the institution's favour, and
-- the last edition counts in the second version of the result (AP-4).
create table event_amendment (
  event bigint not null references event, n int not null check (n > 0),
  year int not null, code code not null, row int not null check (row in (15, 16)),
  reviewer who not null references staff,
  outcome text not null check (outcome in ('keep','confirm','lower','dismiss','unrelated')),
  clause text not null default '', points int check (points > 0), in_base boolean not null default false,
  reason text not null check (reason <> ''), at timestamptz not null,
  primary key (event, n),
  foreign key (year, code, row) references appeal,
  constraint amendment_outcome check (outcome = 'keep' or (row = 15) = (outcome = 'confirm')),
  constraint amendment_points check ((outcome in ('confirm','lower')) = (points is not null) and (points is not null) = (clause <> '')),
  constraint amendment_in_base check (not in_base or outcome = 'confirm')
);
create index on event_amendment (year, code);

-- +goose StatementBegin
create function amendment_favours() returns trigger language plpgsql as $$
declare e event; r event_ruling; found boolean;
begin
  select * into strict e from event where id = new.event;
  select * into r from event_ruling where event = new.event;
  found := coalesce(r.confirmed, false);
  if (e.year, e.code) is distinct from (new.year, new.code) or coalesce(r.clause, e.clause) not like new.row || '.%' or new.clause <> '' and new.clause not like new.row || '.%' then
    raise exception 'an amendment is of an event of the row' using errcode = 'check_violation', constraint = 'amendment_row';
  end if;
  if new.reviewer is distinct from (select d.reviewer from decider d where d.year = new.year and d.code = new.code order by d.n desc limit 1)
    or exists (select from seat where year = new.year and code = new.code and reviewer = new.reviewer)
    or new.reviewer = e."by" or new.reviewer = r."by" or exists (select from event_move m where m.event = new.event and m."by" = new.reviewer) then
    raise exception 'only the decider amends, who had no hand in the event' using errcode = 'check_violation', constraint = 'amendment_decider';
  end if;
  if new.outcome = 'confirm' and (r.event is not null and r."by" is null or found and (new.points < coalesce(r.points, e.points) or new.in_base and not r.in_base))
    or new.outcome in ('lower','dismiss','unrelated') and not found
    or new.outcome = 'lower' and (new.points >= coalesce(r.points, e.points) or new.clause <> coalesce(r.clause, e.clause)) then
    raise exception 'an amendment is in the favour of the institution' using errcode = 'check_violation', constraint = 'amendment_favours';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger amendment_favours before insert on event_amendment for each row execute function amendment_favours();

-- the edition that counts, once the second version stands
create view event_amended as
  select distinct on (a.event) a.* from event_amendment a
  where exists (select from result v where v.year = a.year and v.code = a.code and v.version > 1) order by a.event, a.n desc;

-- an event as it counts: registered, ruled on, amended
create view event_counts as
  select e.id event, e.year, e.code, e.adoption,
    case when a.outcome = 'confirm' then true when a.outcome in ('dismiss','unrelated') then false else r.confirmed end confirmed,
    coalesce(nullif(a.clause, ''), r.clause, e.clause) clause
  from event e left join event_ruling r on r.event = e.id left join event_amended a on a.event = e.id;

-- row 16 carries the points taken off: fewer are in the institution's favour
alter table appeal_ruling
  drop constraint appeal_ruling_check,
  add constraint appeal_ruling_favours check (case when row = 16 then after <= before else after >= before end);

-- +goose StatementBegin
do $$ begin
  grant select, insert on event_amendment to xuanping_app;
  grant select on event_amended, event_counts to xuanping_app;
  create trigger append_only before update or delete on event_amendment for each row execute function append_only();
  create trigger append_only_all before truncate on event_amendment for each statement execute function append_only();
end $$;
-- +goose StatementEnd

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
