-- +goose Up
-- What the engine recorded of a run that ended, by its digest: an event that is
-- edited in the engine's own database afterwards is found, also where replay
-- does not look (inputs, times).
create table history (
  year int not null references campaign, workflow text collate "C" not null check (workflow <> ''), run text not null check (run <> ''),
  code text not null, events int not null check (events > 0), digest digest not null, at timestamptz not null,
  primary key (year, workflow, run)
);
grant select, insert on history to xuanping_app;
create trigger append_only before update or delete on history for each row execute function append_only();
create trigger append_only_all before truncate on history for each statement execute function append_only();

-- +goose Down
select 1/0;
