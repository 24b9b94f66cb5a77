-- A card that is changed acts on the next message of every worker, and two people who change it at once hear of each other.

alter table channels add column revision integer not null default 1;

create function channels_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('channels', coalesce(new.name, old.name));
    return null;
end $$;

create trigger channels_changed after insert or update or delete on channels for each row execute function channels_changed();

alter table notifications
    add column test boolean not null default false,
    add column hint text not null default '',
    add column count integer not null default 1;
create index notifications_channel on notifications (channel, at desc);
comment on column notifications.hint is 'What kind of answer it was: sign, keyword, address, token, rate, auth, recipients, tls, network, setting, balance; empty when it was sent.';
