-- +goose Up
-- What somebody decided on events who turned out to be conflicted is as void as his
-- ruling on their row (AP-3, S8): the amendments that count.
create view amendment as
  select a.* from event_amendment a
  where exists (select from ruling g where g.year = a.year and g.code = a.code and g.row = a.row and g.reviewer = a.reviewer and g.at = a.at);
grant select on amendment to xuanping_app;

create or replace view event_amended as
  select distinct on (a.event) a.* from amendment a
  where exists (select from result v where v.year = a.year and v.code = a.code and v.version > 1) order by a.event, a.n desc;

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
