-- +goose Up
-- Signed heads of the ledger: a witness outside holds them against whoever
-- would cut off its end or tell two people two histories.
create table checkpoint (
  size bigint primary key check (size > 0),
  root bytea not null check (length(root) = 32),
  note text not null check (note <> ''),
  at   timestamptz not null
);
grant select, insert on checkpoint to xuanping_app;
create trigger append_only before update or delete on checkpoint for each row execute function append_only();
create trigger append_only_all before truncate on checkpoint for each statement execute function append_only();

-- +goose Down
select 1/0;
