-- What becomes of an alarm after it was raised, everything that happened to it, the channels that tell people, and each attempt to.

alter table alarms
    add column name            text not null default '',
    add column priority        text not null default 'medium',
    add column state           text not null default 'unacknowledged',
    add column active          boolean not null default true,
    add column peak            double precision,
    add column returned_at     timestamptz,
    add column acknowledged_at timestamptz,
    add column acknowledged_by text,
    add column revision        integer not null default 1,
    add column story           jsonb not null default '{}';
create index alarms_device on alarms (sn, time desc);
create index alarms_open on alarms (time desc) where state <> 'normal';
comment on column alarms.state is 'ISA-18.2: normal, unacknowledged, acknowledged, returned, latched, latched-acknowledged, shelved, suppressed, out-of-service.';
comment on column alarms.story is 'What it was judged by: raw value, temperature, k, b, limit, deadband, delay.';

create table alarm_events (
    id          text primary key,
    sn          text not null,
    type        text not null,
    raised_at   timestamptz,
    at          timestamptz not null,
    kind        text not null,
    state       text not null,
    told        boolean not null,
    untold      text not null,
    by_user     text not null,
    reason      text not null,
    event       jsonb not null,
    recorded_at timestamptz not null default now()
);
create index alarm_events_alarm on alarm_events (sn, type, raised_at, at);
create index alarm_events_at on alarm_events (at desc);
comment on table alarm_events is 'Everything that happened to every alarm. raised_at names the alarm with sn and type; it is null for a shelf without an alarm.';

create table channels (
    name       text primary key check (name ~ '^[a-z][a-z0-9-]{0,31}$'),
    kind       text not null check (kind in ('email', 'robot', 'sms')),
    enabled    boolean not null default false,
    settings   jsonb not null,
    changed_at timestamptz not null default now(),
    changed_by text not null
);
comment on table channels is 'The cards of Settings → Alarms. Passwords, keys and addresses that carry a key are not here but in secrets.';

create table notifications (
    id      bigint generated always as identity primary key,
    at      timestamptz not null default now(),
    channel text not null,
    attempt integer not null,
    result  text not null check (result in ('sent', 'again', 'refused', 'test')),
    answer  text not null,
    subject text not null,
    events  text[] not null
);
create index notifications_at on notifications (at desc);
create index notifications_events on notifications using gin (events);
comment on table notifications is 'Every attempt to tell people: the vendor''s answer, and the ids of the alarm_events it told of. again: it will be tried once more.';
