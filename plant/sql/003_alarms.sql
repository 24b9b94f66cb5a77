-- Every alarm that was raised, whether somebody was told or not.

create table alarms (
    id          bigint generated always as identity primary key,
    sn          text not null,
    time        timestamptz not null,
    type        text not null,
    value       double precision,
    threshold   double precision,
    unit        text not null default '',
    notified    boolean not null,
    location    text not null default '',
    recorded_at timestamptz not null default now(),
    -- A message that comes again after a crash is the same alarm.
    unique (sn, type, time)
);
create index alarms_time on alarms (time desc);
comment on table alarms is 'time is event time. notified is false where the last notification of the same sn and type was less than the hold time ago.';
