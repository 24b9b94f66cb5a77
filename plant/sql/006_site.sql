-- Floor plans, which change of a device is the latest, and who has asked a device to report every second.

create table plans (
    id         integer generated always as identity primary key,
    name       text not null check (length(name) between 1 and 80),
    media      text not null check (media in ('image/jpeg', 'image/png')),
    width      integer not null check (width > 0),
    height     integer not null check (height > 0),
    digest     text not null,
    image      bytea not null,
    changed_at timestamptz not null default now(),
    changed_by text not null default ''
);
comment on table plans is 'image is what the server has made of an upload: checked, turned upright, without metadata. digest names it in its address.';
-- A picture is compressed already.
alter table plans alter column image set storage external;

-- There was no plan before this table, so no place was on one.
update devices set plan_id = null;
alter table devices
    add column revision integer not null default 1,
    add foreign key (plan_id) references plans (id) on delete set null;
comment on column devices.revision is 'Counts the changes of the row: who saves says which one they have seen.';

create function devices_revised() returns trigger language plpgsql as $$
begin
    new.revision := old.revision;
    new.changed_at := old.changed_at;
    if new is not distinct from old then
        return null;
    end if;
    new.revision := old.revision + 1;
    new.changed_at := now();
    return new;
end $$;

create trigger devices_revised before update on devices for each row execute function devices_revised();

create function plans_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('plans', coalesce(new.id, old.id)::text);
    return null;
end $$;

create trigger plans_changed after insert or update or delete on plans for each row execute function plans_changed();

create table debugging (
    sn         text primary key,
    interval_s double precision not null check (interval_s > 0),
    started_at timestamptz not null,
    ends_at    timestamptz not null,
    by_user    text not null
);
comment on table debugging is 'Devices that were told to report faster, until ends_at; then they fall back by themselves (handbook 2.4).';

create function debugging_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('debugging', coalesce(new.sn, old.sn));
    return null;
end $$;

create trigger debugging_changed after insert or update or delete on debugging for each row execute function debugging_changed();
