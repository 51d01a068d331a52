-- +goose Up
-- A nomination names the pictures of its case among the evidence of its
-- institution's year: material for the yearbook (四(一)4, PL-5).
alter table honour
  add column pictures bigint[] not null default '{}',
  add constraint honour_pictures check (cardinality(pictures) <= 10 and (pictures = '{}' or code <> ''));

-- +goose Down
alter table honour drop constraint honour_pictures, drop column pictures;
