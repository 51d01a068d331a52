-- +goose Up
-- An institution asks for more time for one of its tasks (WF-4). A request is
-- answered once: by an extension, or by a refusal with its reason.
create table extension_request (
  year int not null, code code not null, n int not null check (n > 0),
  task text not null check (task in ('plan','evidence','self-score')),
  day date not null, reason text not null check (reason <> ''),
  digest digest not null, by_name text not null check (by_name <> ''), at timestamptz not null,
  primary key (year, code, n),
  foreign key (year, code) references entry
);

create table extension_answer (
  year int not null, code code not null, n int not null,
  extension int,                         -- the number of the extension; null: refused
  reason text not null check (reason <> ''),
  by who not null references staff, at timestamptz not null,
  primary key (year, code, n), unique (year, code, extension),
  foreign key (year, code, n) references extension_request,
  foreign key (year, code, extension) references extension
);

-- +goose StatementBegin
-- One request for a task waits at a time.
create function one_extension_request() returns trigger language plpgsql as $$ begin
  if exists (select from extension_request q where q.year = new.year and q.code = new.code and q.task = new.task
      and not exists (select from extension_answer a where a.year = q.year and a.code = q.code and a.n = q.n)) then
    raise exception 'a request for this task waits already' using errcode = 'check_violation', constraint = 'one_extension_request';
  end if;
  return new;
end $$;
do $$ declare t text; begin
  foreach t in array array['extension_request','extension_answer'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd
create trigger one_extension_request before insert on extension_request for each row execute function one_extension_request();

-- +goose Down
select 1/0;
