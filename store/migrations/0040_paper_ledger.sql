-- +goose Up
-- A paper carries a signed head of the ledger and the proof that the order for
-- it stands there. Both are its input, kept with it: from the same facts and the
-- same head the same bytes can be made again. Papers of two runs of one year,
-- whose ledgers took their records in another order, are compared by substance.
alter table paper
  add column substance digest,
  add column head bigint references checkpoint,
  add column leaf bigint references leaf (idx),
  add check ((substance is null) = (head is null) and (head is null) = (leaf is null)),
  add check (leaf < head);

-- +goose Down
select 1/0;
