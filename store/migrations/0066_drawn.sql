-- +goose Up
-- How many moves of a case its workflow has drawn the consequences of: after the
-- engine was restored it walks them again, and nothing follows a second time (R10).
alter table warning add column drawn int not null default 0 check (drawn >= 0);
grant update (drawn) on warning to xuanping_app;

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
