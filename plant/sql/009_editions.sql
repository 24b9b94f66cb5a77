-- What each edition of the database does in its own way, under one name. The full edition of TimescaleDB puts better ones in the place of
-- some (plant/readings/full_edition.sql); the answers are the same.

create function readings_edition() returns text language plpgsql stable as $$
begin
    if exists (select from pg_partitioned_table where partrelid = 'readings'::regclass) then
        return 'postgresql';
    end if;
    return case current_setting('timescaledb.license', true) when 'timescale' then 'timescaledb' else 'timescaledb-apache' end;
end $$;
comment on function readings_edition() is 'timescaledb: the full edition; timescaledb-apache: hypertables only; postgresql: partitions by day.';

create function minutes_of_readings(of_sn text, since timestamptz, until timestamptz)
returns table (minute timestamptz, mean double precision, low double precision, high double precision, count bigint, raw double precision)
language sql stable as $$
    select date_trunc('minute', time), avg(conc), min(conc), max(conc), count(*), avg(v_raw)
    from readings where sn = of_sn and time >= date_trunc('minute', since) and time < until group by 1
$$;
comment on function minutes_of_readings(text, timestamptz, timestamptz) is 'One device by the minute, from the minute that since is in; conc is null where no reading of the minute has one.';

create function drop_minutes_of_day(of_day date) returns void language sql as $$
-- Minutes that are kept apart from the readings go with them.
select
$$;

create or replace function drop_readings_of_day(of_day date) returns boolean language plpgsql as $$
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
    perform drop_minutes_of_day(of_day);
    return true;
end $$;
