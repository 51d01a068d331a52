-- +goose Up
-- An officer's decision to form the first result on the marks that are there: on
-- one sheet, or on two that differ too far and no third (RV-1, WF-5). It stands
-- for the sheets that it names, and for no others.
create table basis_decision (
  year int not null, code code not null, n int not null check (n > 0),
  kind text not null check (kind in ('single','difference')),
  reviewers text[] not null,             -- whose sheets it rests on, by seat
  reason text not null check (reason <> ''),
  by who not null references staff, at timestamptz not null,
  primary key (year, code, n),
  foreign key (year, code) references entry,
  check (cardinality(reviewers) = case kind when 'single' then 1 else 2 end)
);

-- What a result would rest on now, of whoever holds a seat: "single", "difference",
-- or "" for the full double review.
create view basis as
  with counted as (select h.year, h.code, h.seat, h.reviewer, t.marks from held h join sheet t using (year, code, reviewer)),
  limits as (select distinct on (year) year, (body #>> '{settings,threshold}')::int threshold from rules order by year, version desc)
  select c.year, c.code, array_agg(c.reviewer::text order by c.seat) reviewers, case count(*) when 1 then 'single' when 2 then
    case when exists (select from counted a join counted b on b.year = a.year and b.code = a.code and b.seat > a.seat
      cross join lateral jsonb_array_elements(a.marks) x cross join lateral jsonb_array_elements(b.marks) y
      where a.year = c.year and a.code = c.code and x ->> 'row' = y ->> 'row' and abs((x ->> 'points')::int - (y ->> 'points')::int) > l.threshold)
    then 'difference' else '' end else '' end kind
  from counted c join limits l on l.year = c.year group by c.year, c.code, l.threshold;
grant select on basis to xuanping_app;

-- +goose StatementBegin
do $$ begin
  grant select, insert on basis_decision to xuanping_app;
  create trigger append_only before update or delete on basis_decision for each row execute function append_only();
  create trigger append_only_all before truncate on basis_decision for each statement execute function append_only();
end $$;
-- +goose StatementEnd

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
