-- +goose Up
-- Review that withstands a challenge (RV-1, S8): conflicts of interest, declared,
-- added and derived; seats that end before their sheet counts.

alter table staff
  add column employer_uscc text check (employer_uscc ~ '^[0-9A-Z]{18}$'),  -- 现任职单位
  add column load_limit int check (load_limit > 0);                        -- seats of one campaign at most; null: no limit

create table declaration (               -- a reviewer declared: beyond his conflicts of the campaign there are none
  year int not null references campaign, reviewer who not null references staff, n int not null check (n > 0),
  conflicts int not null check (conflicts >= 0), digest digest not null, at timestamptz not null,
  primary key (year, reviewer, n)
);

create table conflict (
  year int not null, code code not null, reviewer who not null references staff, n int not null check (n > 0),
  kind text not null check (kind in ('employment','advice','shares','family','competitor','other')),
  text text not null, by who not null references staff, at timestamptz not null,
  primary key (year, code, reviewer, n),
  foreign key (year, code) references entry
);

create table conflict_withdrawal (       -- counts when two officers have signed it
  year int not null, code code not null, reviewer who not null, key text not null,
  by who not null references staff, reason text not null check (reason <> ''), at timestamptz not null,
  primary key (year, code, reviewer, key, by),
  check (by <> reviewer),
  foreign key (year, code) references entry
);

create table seat_end (                  -- the holding ended: his marks there, if any, count no more
  year int not null, code code not null, seat int not null, n int not null,
  reviewer who not null, why text not null check (why in ('declined','conflict','late','reassigned')),
  reason text not null, by who, at timestamptz not null,   -- by: null for the clock
  primary key (year, code, seat, n),
  foreign key (year, code, seat, n) references seat
);

-- +goose StatementBegin
-- own_domain is the domain of an address when it tells of an employer: not that
-- of a mail provider open to everybody.
create function own_domain(address text) returns text language sql immutable as $$
  select nullif(case when d = any (array['qq.com','vip.qq.com','foxmail.com','163.com','vip.163.com','126.com','vip.126.com','yeah.net','188.com',
    'sina.com','sina.cn','vip.sina.com','sohu.com','139.com','189.cn','wo.cn','aliyun.com','tom.com','21cn.com','gmail.com','outlook.com',
    'hotmail.com','live.com','live.cn','msn.com','icloud.com','yahoo.com','yahoo.com.cn']) then '' else d end, '')
  from (select lower(split_part(address, '@', 2)) d) s
$$;
-- +goose StatementEnd

-- Every conflict with its key: what was said, and what the roster says by itself.
create view conflict_found as
  select year, code::text code, reviewer::text reviewer, 'said/' || n key, kind, text, by::text by, at from conflict
  union all
  select e.year, e.code::text, p.id::text, 'uscc/' || i.uscc, 'employer', '', null, null
    from staff p join institution i on i.uscc = p.employer_uscc join entry e using (code) where p.role = 'reviewer'
  union all
  select e.year, e.code::text, p.id::text, 'domain/' || own_domain(i.email), 'domain', '', null, null
    from staff p join institution i on own_domain(i.email) = own_domain(p.email) join entry e using (code) where p.role = 'reviewer';

-- Who is conflicted now: at least one conflict that two officers did not withdraw.
create view conflicted as
  select distinct f.year, f.code, f.reviewer from conflict_found f
  where (select count(*) from conflict_withdrawal w where w.year = f.year and w.code = f.code and w.reviewer = f.reviewer and w.key = f.key) < 2;

-- Who holds a seat now: the newest of each seat, when it has not ended.
create view held as
  select s.year, s.code, s.seat, s.n, s.reviewer, s.due, s.at from seat s
  where not exists (select from seat o where o.year = s.year and o.code = s.code and o.seat = s.seat and o.n > s.n)
    and not exists (select from seat_end x where x.year = s.year and x.code = s.code and x.seat = s.seat and x.n = s.n);

-- +goose StatementBegin
do $$ declare t text; begin
  foreach t in array array['declaration','conflict','conflict_withdrawal','seat_end'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd
grant select on conflict_found, conflicted, held to xuanping_app;

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
