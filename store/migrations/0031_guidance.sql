-- +goose Up
-- 业务指导函 (第十二条): what the regulator's unit writes to the units of the
-- institutions, to whom it was sent, and who received it when.
create table guidance (
  year int not null references campaign, n int not null check (n > 0),
  title text not null check (title <> ''), text text not null check (text <> ''),
  numbered boolean not null,                 -- gets a 文号 when it is first sent
  digest digest not null,
  by who not null references staff, at timestamptz not null,
  primary key (year, n)
);

create table guidance_file (
  year int not null, n int not null, k int not null check (k > 0),
  name text not null, media text not null, size bigint not null check (size > 0), digest digest not null,
  by who not null references staff, at timestamptz not null,
  primary key (year, n, k), unique (year, n, digest),
  foreign key (year, n) references guidance
);

create table guidance_to (
  year int not null, n int not null, code code not null,
  by who not null references staff, at timestamptz not null,
  primary key (year, n, code),
  foreign key (year, n) references guidance,
  foreign key (year, code) references entry
);

create table guidance_receipt (
  year int not null, n int not null, code code not null,
  by_name text not null check (by_name <> ''), digest digest not null, at timestamptz not null,
  primary key (year, n, code),
  foreign key (year, n, code) references guidance_to
);

-- +goose StatementBegin
-- A letter says the same to everybody: nothing is added once it was sent.
create function guidance_unsent() returns trigger language plpgsql as $$ begin
  if exists (select from guidance_to t where t.year = new.year and t.n = new.n) then
    raise exception 'the letter was sent' using errcode = 'check_violation', constraint = 'guidance_unsent';
  end if;
  return new;
end $$;
do $$ declare t text; begin
  foreach t in array array['guidance','guidance_file','guidance_to','guidance_receipt'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd
create trigger guidance_unsent before insert on guidance_file for each row execute function guidance_unsent();

-- +goose Down
select 1/0;
