-- A run of the archive that somebody asks for: the process that runs the archive's flow need not be the one that serves the page.

create table archive_requests (
    id       bigint generated always as identity primary key,
    asked_at timestamptz not null default now(),
    taken_at timestamptz
);

create function archive_requested() returns trigger language plpgsql as $$
begin
    perform pg_notify('archive_requests', new.id::text);
    return null;
end $$;

create trigger archive_requested after insert on archive_requests for each row execute function archive_requested();
