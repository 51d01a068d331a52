-- +goose Up
-- An institution claims a bonus item itself (附件2 第15项, PL-14): an event that no
-- member of staff registered, with its clerk's name instead. It waits for its
-- ruling like any other; until then the institution may take it back, which is
-- a ruling of its own that confirms nothing. Adoption (15.2) is never claimed:
-- the regulator knows it.
alter table event
  alter column by drop not null,
  add column by_name text not null default '',
  add constraint event_by check ((by is null) = (by_name <> '')),
  add constraint claim_is_bonus check (by is not null or (clause like '15.%' and adoption = ''));

alter table event_ruling
  alter column by drop not null,
  add column by_name text not null default '',
  add constraint ruling_by check ((by is null) = (by_name <> '')),
  add column in_base boolean not null default false, -- a base row was marked for the same work too (R-08)
  add constraint in_base_confirmed check (confirmed or not in_base),
  add constraint withdrawal_confirms_nothing check (by is not null or not confirmed);

-- +goose StatementBegin
create function own_claim() returns trigger language plpgsql as $$ begin
  if new."by" is null and not exists (select from event e where e.id = new.event and e.by is null) then
    raise exception 'an institution takes back its own claims only' using errcode = 'check_violation', constraint = 'own_claim';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger own_claim before insert on event_ruling for each row execute function own_claim();

-- A finding may be in halves when the year reads 扣3-5分 so (R-12).
alter table event_move
  drop constraint event_move_points_check,
  add constraint event_move_points check (points between 100 and 500 and points % 50 = 0);

-- Captures and proofs come with their claim.
alter table case_file
  drop constraint case_file_about_check, drop constraint case_file_check, drop constraint case_file_once,
  add column event bigint references event,
  add constraint case_file_about check (about in ('rectification','appeal','claim')),
  add constraint case_file_row check ((about = 'appeal') = (row between 1 and 16)),
  add constraint case_file_event check ((about = 'claim') = (event is not null)),
  add constraint case_file_once unique nulls not distinct (year, code, about, row, event, digest);

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
