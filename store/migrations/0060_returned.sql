-- +goose Up
-- A letter that came back names its Message-ID, which is the provider's id of
-- what went out by SMTP: the letter is found by it.

create index intent_provider on intent (provider) where kind = 'mail' and provider <> '';

-- +goose Down
-- The score book is never taken down by a migration.
select 1/0;
