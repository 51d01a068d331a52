-- +goose Up
-- An institution hands in evidence with its statement on a prior notice, while
-- the window is open (RW-4).
alter table case_file
  drop constraint case_file_about,
  add constraint case_file_about check (about in ('rectification','appeal','claim','reply'));

-- +goose Down
alter table case_file
  drop constraint case_file_about,
  add constraint case_file_about check (about in ('rectification','appeal','claim'));
