-- Readings, in the way the database's edition stores time series best: a hypertable, or partitions by day. All that differs between
-- the editions is in this file. The columns of eight bytes come first, so that no row carries padding.

do $$
declare
    timescale boolean := exists (select from pg_extension where extname = 'timescaledb');
begin
    execute $table$
        create table readings (
            time        timestamptz not null,
            received_at timestamptz not null default now(),
            v_raw       double precision not null,
            temp        double precision,
            humi        double precision,
            conc        double precision,
            conc_raw    double precision,
            seq         integer not null,
            bat         smallint,
            rssi        smallint,
            err         smallint not null default 0,
            flags       smallint not null default 0,
            sn          text not null,
            net         text,
            extra       jsonb,
            primary key (sn, time, seq)
        )
    $table$ || case when timescale then '' else ' partition by range (time)' end;
    if not timescale then
        create table readings_default partition of readings default;
    else
        perform create_hypertable('readings', 'time', chunk_time_interval => interval '1 day');
        -- The Apache edition refuses compression; the full one keeps the last day open for late readings.
        if current_setting('timescaledb.license', true) = 'timescale' then
            execute $compress$
                alter table readings set (timescaledb.compress, timescaledb.compress_segmentby = 'sn', timescaledb.compress_orderby = 'time desc, seq')
            $compress$;
            perform add_compression_policy('readings', interval '24 hours');
        end if;
    end if;
end $$;

-- A block-range index costs inserts next to nothing and is enough for rows that arrive in the order of their time.
create index readings_by_time on readings using brin (time);
comment on table readings is 'One row per reading. conc is null where none can be known; flags is a sum of 1 clock wrong, 2 duplicate, 4 late, 8 reboot, 16 fault, 32 warming up, 64 uncalibrated.';

create function make_reading_partitions(first_day date, last_day date) returns integer language plpgsql as $$
-- Makes the missing partitions of these days (by UTC); what waited in the default partition moves in. Returns how many were made.
-- On a hypertable there is nothing to do.
declare
    day date;
    name text;
    made integer := 0;
begin
    if not exists (select from pg_partitioned_table where partrelid = 'readings'::regclass) then
        return 0;
    end if;
    -- Two workers at once: the second finds everything made.
    perform pg_advisory_xact_lock(hashtext('make_reading_partitions'));
    for day in select generate_series(first_day, last_day, interval '1 day')::date loop
        name := 'readings_' || to_char(day, 'YYYYMMDD');
        if to_regclass(name) is null then
            execute format('create table %I (like readings including defaults including constraints)', name);
            execute format(
                'with moved as (delete from readings_default where time >= %L and time < %L returning *) insert into %I select * from moved',
                day::timestamp at time zone 'utc', (day + 1)::timestamp at time zone 'utc', name);
            execute format(
                'alter table readings attach partition %I for values from (%L) to (%L)',
                name, day::timestamp at time zone 'utc', (day + 1)::timestamp at time zone 'utc');
            made := made + 1;
        end if;
    end loop;
    return made;
end $$;

select make_reading_partitions((now() at time zone 'utc')::date - 3, (now() at time zone 'utc')::date + 7);
