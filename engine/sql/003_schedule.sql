-- Which scheduled moments have been taken: the worker whose insert succeeds fires, the others do not.
create table schedule_fired (
    flow     text        not null,
    node     text        not null,
    at       timestamptz not null,
    fired_at timestamptz not null default now(),
    primary key (flow, node, at)
);
