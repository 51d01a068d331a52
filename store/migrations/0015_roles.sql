-- +goose Up
-- Two more roles (S6, SE-1): who keeps the accounts, and the association.
alter table staff drop constraint staff_role_check;
alter table staff add constraint staff_role_check check (role in ('officer','reviewer','approver','auditor','legal','local','admin','association'));

-- +goose Down
select 1/0;
