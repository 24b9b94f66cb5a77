-- Which process has what no two may have at once: a flow, a session of a broker, the archive. A lease that is not renewed ends by
-- the database's own clock. `holder` is a process's folder, `process` and `url` what it is called and where it answers.

create table leases (
    name text primary key,
    holder text not null,
    process text not null,
    url text not null,
    until timestamptz not null
);
