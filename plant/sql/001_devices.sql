-- The device registry. Every column but the serial number has a default, so `insert into devices (sn, k, b)` makes a working device.

create table devices (
    sn           text primary key check (sn ~ '^[A-Za-z0-9_.:-]{1,64}$'),
    name         text not null default '',
    gas          text not null default '',
    unit         text not null default 'ppm',
    k            double precision,
    b            double precision,
    t_coef       double precision not null default 0,
    formula      text,
    raw_low      double precision,
    raw_high     double precision,
    range_low    double precision not null default 0,
    range_high   double precision,
    a1           double precision,
    a1_direction text not null default 'high' check (a1_direction in ('high', 'low')),
    a1_deadband  double precision not null default 0 check (a1_deadband >= 0),
    a1_delay_s   double precision not null default 0 check (a1_delay_s >= 0),
    a2           double precision,
    a2_direction text not null default 'high' check (a2_direction in ('high', 'low')),
    a2_deadband  double precision not null default 0 check (a2_deadband >= 0),
    a2_delay_s   double precision not null default 0 check (a2_delay_s >= 0),
    location     text not null default '',
    plan_id      integer,
    left_pct     double precision check (left_pct between 0 and 100),
    top_pct      double precision check (top_pct between 0 and 100),
    period_s     double precision not null default 10 check (period_s > 0),
    enabled      boolean not null default true,
    changed_at   timestamptz not null default now()
);
comment on table devices is 'conc = k * v_raw + b + t_coef * (temp - 25), in unit. A change is notified on channel devices and acts on the next reading.';

create function devices_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('devices', coalesce(new.sn, old.sn));
    if tg_op = 'UPDATE' and new.sn <> old.sn then
        perform pg_notify('devices', old.sn);
    end if;
    return null;
end $$;

create trigger devices_changed after insert or update or delete on devices for each row execute function devices_changed();

create function devices_truncated() returns trigger language plpgsql as $$
begin
    perform pg_notify('devices', '');
    return null;
end $$;

create trigger devices_truncated after truncate on devices for each statement execute function devices_truncated();
