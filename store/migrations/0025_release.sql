-- +goose Up
-- 三审三校 of what the regulator publishes itself (行动方案 四(一)3、专栏2), and the
-- versions of what was published with their corrections (专栏4(三)2–3). A draft is
-- frozen when it is laid before the reviewers; steps are taken in their order by
-- persons who are not the same; what was published stays as it was.
create table release_draft (
  year int not null references campaign, n int not null check (n > 0),
  version int not null check (version > 0),
  body jsonb not null, digest digest not null, note text not null,
  by who not null references staff, at timestamptz not null,
  primary key (year, n)
);

create table release_step (
  year int not null, n int not null, k int not null check (k between 1 and 6),
  step text not null, pass boolean not null, reason text not null, alone text not null,
  by who not null references staff, at timestamptz not null,
  primary key (year, n, k),
  foreign key (year, n) references release_draft,
  constraint release_order check (step = (array['review-1','review-2','review-3','proof-1','proof-2','proof-3'])[k]),
  constraint release_return_reason check (pass or reason <> '')
);
-- no person takes two reviews, or two proofreadings, of one draft
create unique index release_persons on release_step (year, n, (k <= 3), by);

create table release (
  year int not null references campaign, version int not null check (version > 0),
  draft int not null, digest digest not null, by who not null references staff, at timestamptz not null,
  primary key (year, version),
  foreign key (year, draft) references release_draft,
  unique (year, draft)
);

create table correction (                -- after publication: what a later version puts right, and why
  year int not null references campaign, n int not null check (n > 0),
  kind text not null check (kind in ('remove','text')), code text not null,
  reason text not null check (reason <> ''), basis text not null check (basis <> ''),
  by who not null references staff, at timestamptz not null,
  primary key (year, n),
  constraint correction_code check ((kind = 'remove') = (code <> ''))
);
create unique index correction_removed on correction (year, code) where kind = 'remove';

-- +goose StatementBegin
-- A step follows the one before it, which passed; the draft's submitter reviews
-- nothing; who reviewed proofreads only with a reason, whoever asks.
create function release_follows() returns trigger language plpgsql as $$ begin
  if new.k > 1 and not exists (select from release_step s where s.year = new.year and s.n = new.n and s.k = new.k - 1 and s.pass) then
    raise exception 'the step before has not passed' using errcode = 'check_violation', constraint = 'release_follows';
  end if;
  if new.k <= 3 and new."by" = (select d."by" from release_draft d where d.year = new.year and d.n = new.n) then
    raise exception 'nobody reviews his own draft' using errcode = 'check_violation', constraint = 'release_own';
  end if;
  if new.k > 3 and new.alone = '' and exists (select from release_step s where s.year = new.year and s.n = new.n and s.k <= 3 and s."by" = new."by") then
    raise exception 'who reviewed proofreads only with a reason' using errcode = 'check_violation', constraint = 'release_alone';
  end if;
  return new;
end $$;
-- Nothing is published without all six (PL-4).
create function release_whole() returns trigger language plpgsql as $$ begin
  if (select count(*) from release_step s where s.year = new.year and s.n = new.draft and s.pass) <> 6 then
    raise exception 'three reviews and three proofreadings come first' using errcode = 'check_violation', constraint = 'release_whole';
  end if;
  return new;
end $$;
do $$ declare t text; begin
  foreach t in array array['release_draft','release_step','release','correction'] loop
    execute format('grant select, insert on %I to xuanping_app', t);
    execute format('create trigger append_only before update or delete on %I for each row execute function append_only()', t);
    execute format('create trigger append_only_all before truncate on %I for each statement execute function append_only()', t);
  end loop;
end $$;
-- +goose StatementEnd
create trigger release_follows before insert on release_step for each row execute function release_follows();
create trigger release_whole before insert on release for each row execute function release_whole();

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
