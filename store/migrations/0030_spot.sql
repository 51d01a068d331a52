-- +goose Up
-- Spot checks by a seed that is committed at launch and opened with the results
-- (requirements §3 no. 5; 第十三条, 第二十一条). The seed lies in a schema of its own:
-- the application may put it there and cannot read it. It learns the key of one
-- list of one institution, which a draw needs, and after publication the seed.
create table spot_commit (
  year int primary key references campaign,
  commitment digest not null,
  items int not null check (items between 1 and 20), -- drawn of each list
  by who not null, at timestamptz not null
);

create table spot_draw (
  year int not null, code code not null,
  kind text collate "C" not null check (kind in ('three-reviews','disclosure','manuscripts')),
  version int not null,                      -- of the register, from which was drawn
  total int not null check (total > 0),      -- items that could have been drawn
  lines int[] not null check (cardinality(lines) > 0),
  by who not null references staff, at timestamptz not null,
  primary key (year, code, kind),            -- once: what was drawn stands
  foreign key (year) references spot_commit,
  foreign key (year, code, kind, version) references register_version (year, code, register, version)
);

create table spot_check (
  year int not null, code code not null, kind text collate "C" not null, line int not null, n int not null check (n > 0),
  finding text not null check (finding in ('sound','deviates','dead','absent')),
  note text not null,
  by who not null references staff, at timestamptz not null,
  primary key (year, code, kind, line, n),   -- looked at again: the newest counts, the others stay
  foreign key (year, code, kind) references spot_draw,
  constraint spot_note check (finding = 'sound' or note <> '')
);

create table spot_reveal (
  year int primary key references spot_commit,
  seed digest not null,
  at timestamptz not null,
  foreign key (year) references publication -- never before the results
);

create schema sealed;
create table sealed.spot_seed (
  year int primary key references public.spot_commit,
  seed bytea not null check (length(seed) = 32)
);

-- +goose StatementBegin
create function spot_drawn() returns trigger language plpgsql as $$ begin
  if not exists (select from spot_draw d where d.year = new.year and d.code = new.code and d.kind = new.kind and new.line = any (d.lines)) then
    raise exception 'this line was not drawn' using errcode = 'check_violation', constraint = 'spot_drawn';
  end if;
  return new;
end $$;

-- What a seed committed to is looked at when it comes and when it is opened.
create function spot_committed() returns trigger language plpgsql as $$
declare s bytea;
begin
  if tg_table_name = 'spot_seed' then s := new.seed; else s := decode(new.seed, 'hex'); end if;
  if not exists (select from public.spot_commit c where c.year = new.year and c.commitment = encode(sha256(s), 'hex')) then
    raise exception 'the seed is not the committed one' using errcode = 'check_violation', constraint = 'spot_committed';
  end if;
  return new;
end $$;

-- The key of one list: the seed cannot be found from it.
create function spot_key(y int, place text) returns bytea language sql stable security definer set search_path = pg_catalog as $$
  select sha256(seed || convert_to(place, 'UTF8')) from sealed.spot_seed where year = y
$$;

-- Whether the sealed seed is still the committed one.
create function spot_sound(y int) returns boolean language sql stable security definer set search_path = pg_catalog as $$
  select coalesce((select encode(sha256(s.seed), 'hex') = c.commitment from sealed.spot_seed s where s.year = c.year), false) from public.spot_commit c where c.year = y
$$;

-- The seed, once the results are public.
create function spot_open(y int) returns text language sql stable security definer set search_path = pg_catalog as $$
  select encode(seed, 'hex') from sealed.spot_seed where year = y and exists (select from public.publication p where p.year = y)
$$;

do $$ declare t text; begin
  foreach t in array array['spot_commit','spot_draw','spot_check','spot_reveal'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
  end loop;
  foreach t in array array['spot_commit','spot_draw','spot_check','spot_reveal','sealed.spot_seed'] loop
    execute format('create trigger append_only before update or delete on %s for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %s for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd
create trigger spot_drawn before insert on spot_check for each row execute function spot_drawn();
create trigger spot_committed before insert on sealed.spot_seed for each row execute function spot_committed();
create trigger spot_committed before insert on spot_reveal for each row execute function spot_committed();
revoke execute on function spot_key(int, text), spot_sound(int), spot_open(int) from public;
grant execute on function spot_key(int, text), spot_sound(int), spot_open(int) to xuanping_app;
grant usage on schema sealed to xuanping_app;
grant insert on sealed.spot_seed to xuanping_app;

-- +goose Down
select 1/0;
