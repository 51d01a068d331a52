-- +goose Up
-- Every page that compares rows with the ledger asks which years were erased: few
-- leaves of very many.
create index leaf_erasure on leaf (year) where kind = 'erasure';

-- +goose Down
drop index leaf_erasure;
