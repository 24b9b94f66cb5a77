-- The ledger of the archive, and the days in which `readings` is kept.

create table archives (
    sn          text        not null,
    day         date        not null,
    part        integer     not null default 1 check (part > 0),
    name        text        not null unique,
    state       text        not null default 'selected' check (state in ('selected', 'filed', 'uploaded', 'verified', 'cleaned')),
    run_at      timestamptz not null,
    rows        bigint      not null default 0,
    size_bytes  bigint      not null default 0,
    md5         text        not null default '',
    fingerprint text        not null default '',
    first_time  timestamptz,
    last_time   timestamptz,
    bucket      text        not null default '',
    object_key  text        not null default '',
    etag        text        not null default '',
    problem     text        not null default '',
    created_at  timestamptz not null default now(),
    changed_at  timestamptz not null default now(),
    primary key (sn, day, part)
);
create index archives_day on archives (day desc, sn);
create index archives_unfinished on archives (day) where state <> 'cleaned';
comment on table archives is 'One row per archive file. selected: rows in readings only; filed: on disk too; uploaded, verified: in the bucket too; cleaned: in the bucket only.';
comment on column archives.fingerprint is 'Sum of a hash of each row in the file: readings are deleted only while the table still gives the same.';

create function readings_of_day(of_day date) returns regclass language plpgsql stable as $$
-- The partition or chunk that holds this day (UTC) and nothing else; null where there is none.
declare
    begins timestamptz := of_day::timestamp at time zone 'utc';
    ends   timestamptz := (of_day + 1)::timestamp at time zone 'utc';
    found  regclass;
begin
    if exists (select from pg_partitioned_table where partrelid = 'readings'::regclass) then
        return to_regclass('readings_' || to_char(of_day, 'YYYYMMDD'));
    end if;
    execute 'select format(''%I.%I'', chunk_schema, chunk_name)::regclass from timescaledb_information.chunks '
        'where format(''%I.%I'', hypertable_schema, hypertable_name)::regclass = ''readings''::regclass '
        'and range_start = $1 and range_end = $2'
        into found using begins, ends;
    return found;
end $$;

create function drop_readings_of_day(of_day date) returns boolean language plpgsql as $$
-- Drops that partition or chunk; false where there is none. The caller has made sure that its rows are archived.
declare
    begins timestamptz := of_day::timestamp at time zone 'utc';
    ends   timestamptz := (of_day + 1)::timestamp at time zone 'utc';
    found  regclass := readings_of_day(of_day);
begin
    if found is null then
        return false;
    end if;
    if exists (select from pg_partitioned_table where partrelid = 'readings'::regclass) then
        execute format('drop table %s', found);
    else
        execute 'select drop_chunks(''readings''::regclass, older_than => $1, newer_than => $2)' using ends, begins;
    end if;
    return true;
end $$;
