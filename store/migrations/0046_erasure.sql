-- +goose Up
-- The names in a year are erased by two persons: one proposes, another confirms.
-- The column is not called year, so that these rows keep their digests when the
-- year's own key is gone.
create table erasure (
  of_year int not null references campaign, n int not null check (n > 0),
  act    text not null check (act in ('propose','withdraw','confirm')),
  forced boolean not null,               -- before the retention ended
  reason text not null check (reason <> ''),
  rows bigint not null default 0, files bigint not null default 0,
  by who not null references staff, at timestamptz not null,
  primary key (of_year, n),
  check (act = 'confirm' or rows = 0 and files = 0)
);
create unique index erasure_once on erasure (of_year) where act = 'confirm';

-- +goose StatementBegin
create function erasure_two_persons() returns trigger language plpgsql as $$
declare before erasure;
begin
  select * into before from erasure e where e.of_year = new.of_year order by n desc limit 1;
  if new.act = 'propose' and before.act in ('propose','confirm') or new.act <> 'propose' and before.act is distinct from 'propose' then
    raise exception 'not the turn of this act' using errcode = 'check_violation', constraint = 'erasure_turn';
  end if;
  if new.act = 'confirm' and before."by" = new."by" then
    raise exception 'who proposed an erasure cannot confirm it' using errcode = 'check_violation', constraint = 'erasure_two_persons';
  end if;
  return new;
end $$;
create trigger erasure_two_persons before insert on erasure for each row execute function erasure_two_persons();

-- Once a key is destroyed there is no other: nothing is added to an erased year.
create function key_destroyed() returns trigger language plpgsql as $$ begin
  if exists (select from erasure where of_year = new.year and act = 'confirm') then
    raise exception 'the year is erased' using errcode = 'check_violation', constraint = 'key_destroyed';
  end if;
  return new;
end $$;

-- Words are replaced, equal ones by equal marks: what is one matter stays one.
-- The salt is thrown away with the words. Days, and what stands in fields named
-- in keep, are codes of the house.
create function erased_text(s text, salt text) returns text language sql immutable as $$
  select case when s = '' or s ~ '^\d{4}-\d\d-\d\d([T ][0-9:.+Z-]{2,24})?$' or s like '〔已删除 %' then s
    else '〔已删除 ' || left(encode(sha256(convert_to(salt || s, 'UTF8')), 'hex'), 8) || '〕' end
$$;
create function erased_json(j jsonb, salt text, keep text[], field text) returns jsonb language plpgsql immutable as $$ begin
  return case jsonb_typeof(j)
    when 'object' then coalesce((select jsonb_object_agg(key, erased_json(value, salt, keep, key)) from jsonb_each(j)), '{}')
    when 'array' then coalesce((select jsonb_agg(erased_json(value, salt, keep, field) order by n) from jsonb_array_elements(j) with ordinality a(value, n)), '[]')
    when 'string' then case when field = any (keep) then j else to_jsonb(erased_text(j #>> '{}', salt)) end
    else j end;
end $$;

do $$ begin
  grant select, insert on erasure to xuanping_app;
  create trigger append_only before update or delete on erasure for each row execute function append_only();
  create trigger append_only_all before truncate on erasure for each statement execute function append_only();
end $$;
-- +goose StatementEnd

-- +goose Down
select 1/0;
