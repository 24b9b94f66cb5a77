-- What the engine itself keeps: node memory, quarantined messages.

create table node_memory (
    name  text not null,
    key   text not null,
    value bytea not null,
    ends  double precision,
    primary key (name, key)
);
comment on table node_memory is 'Memory of nodes: name is flow/node/memory, value is msgpack, ends is Unix seconds.';

create table node_memory_journal (
    id      bigint generated always as identity primary key,
    at      timestamptz not null default now(),
    changes bytea not null
);
comment on table node_memory_journal is 'Changes since the last fold into node_memory: one row per group commit, msgpack of [[name, key, value, ends], …].';

create table quarantine (
    id         bigint generated always as identity primary key,
    at         timestamptz not null default now(),
    flow       text not null,
    node       text not null,
    time       timestamptz not null,
    topic      text not null,
    key        text not null,
    reason     text not null,
    payload    bytea not null,
    size_bytes bigint not null,
    props      jsonb not null,
    replayed   timestamptz
);
create index quarantine_at on quarantine (at desc);
comment on table quarantine is 'Messages that no node could handle, with the reason. payload is what came in; above 1 MB only its beginning.';
