-- +goose Up
-- Whoever was merged names the institution that carries on (WF-4): what is
-- still sent to it goes there.
alter table entry add column successor text collate "C" references institution (code)
  check (successor is null or left_how is not distinct from 'merged' and successor <> code);

-- +goose Down
select 1/0;
