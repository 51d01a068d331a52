-- +goose Up
-- Every row of every fact has its digest in the ledger, so that any cell that
-- is changed past the house is found and its row named. The digest is keyed by
-- year: whoever reads the ledger learns nothing of the row, and when a year's
-- key is destroyed the ledger still verifies while nothing in it can be traced
-- to a name any more.
create table row_key (
  year int primary key,
  key  bytea not null check (length(key) = 32)
);
create table row_rule (                  -- what is covered: a table, its key, and what moves without being a fact
  tbl  text primary key,
  pk   text[] not null,
  skip text[] not null
);

-- +goose StatementBegin
create function row_secret(y int) returns bytea language plpgsql as $$
declare k bytea;
begin
  select key into k from row_key where year = y;
  if k is null then
    insert into row_key values (y, sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))) on conflict do nothing;
    select key into k from row_key where year = y;
  end if;
  return k;
end $$;

-- what a row is in the ledger: table, key, digest
create function row_line(tbl text, pk text[], k bytea, r jsonb) returns jsonb language plpgsql immutable as $$
declare id jsonb := '[]'; c text;
begin
  foreach c in array pk loop id := id || jsonb_build_array(r -> c); end loop;
  return jsonb_build_array(tbl, id, encode(sha256(k || convert_to(r::text, 'UTF8')), 'hex'));
end $$;

-- The trigger hands the lines of an act to the act's end, where its leaf is made.
-- The times of a row are written as in its session: the house's are in UTC.
create function row_recorded() returns trigger language plpgsql as $$
declare r jsonb := to_jsonb(new) - tg_argv[1]::text[];
begin
  if tg_op = 'UPDATE' then
    if r = to_jsonb(old) - tg_argv[1]::text[] then return null; end if;
  end if;
  perform set_config('xuanping.rows', concat_ws(E'\n', nullif(current_setting('xuanping.rows', true), ''),
    row_line(tg_table_name, tg_argv[0]::text[], row_secret(coalesce((r ->> 'year')::int, 0)), r)), true);
  return null;
end $$;

-- The same digests from the rows as they are now; null where the key is destroyed.
create function row_digests(tbl text) returns table (line jsonb) language plpgsql stable as $$
declare rule row_rule;
begin
  select * into strict rule from row_rule w where w.tbl = row_digests.tbl;
  return query execute format('select row_line(%L, $1, k.key, r) from (select to_jsonb(whole_row) - $2 r from %I whole_row) x left join row_key k on k.year = coalesce((r ->> ''year'')::int, 0)', tbl, tbl) using rule.pk, rule.skip;
end $$;

do $$ declare t record; begin
  grant select, insert on row_key to xuanping_app;
  grant select on row_rule to xuanping_app;
  for t in
    select c.relname::text tbl, array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum)) pk
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_index i on i.indrelid = c.oid and i.indisprimary
      join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey::int2[])
    where n.nspname = current_schema and c.relkind = 'r'
      and c.relname not in ('goose_db_version', 'row_key', 'row_rule', 'session', 'draft', 'factor', 'recovery', 'oidc_login', 'reading', 'leaf', 'leaf_hash', 'checkpoint') -- no facts, or the ledger itself
    group by c.relname
  loop
    insert into row_rule values (t.tbl, t.pk, case t.tbl
      when 'intent' then '{state,not_before,tries,error,provider,taken_at,done_at}'::text[] -- the way of a letter, not the letter
      when 'ticket' then '{first_used,last_used}'
      when 'campaign' then '{clock_at,clock_set}' -- of rehearsals only
      else '{}' end);
    execute format('create trigger row_recorded after insert or update on %I for each row execute function row_recorded(%L, %L)',
      t.tbl, t.pk, (select skip from row_rule w where w.tbl = t.tbl));
  end loop;
end $$;
-- +goose StatementEnd

-- +goose Down
select 1/0;
