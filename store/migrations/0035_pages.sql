-- +goose Up
-- What the pages ask of tables that grow with every institution, so that a year
-- of 1,500 institutions is read as fast as one of fifteen: no list reads such a
-- table from end to end.

create index event_of on event (year, code);
create index intent_newest on intent (year, created_at desc, key desc);               -- the office's list of letters
create index intent_state on intent (year, state, kind, delivery, provider);          -- how many of each kind stand where
create index intent_missed on intent (year, code) where delivery in ('dropped','bounced');
create index draft_of on draft (owner, form);

-- +goose Down
select 1/0;
