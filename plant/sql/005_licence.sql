-- What the licence guard remembers of each machine, beside the same in its data folder.
create table licence_records (
    machine    text primary key,
    record     bytea not null,
    written_at timestamptz not null default now()
);
comment on table licence_records is 'First start and latest time seen, sealed by the machine. A row that was edited counts as an evaluation that is over.';
