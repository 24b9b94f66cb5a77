-- What only the full edition of TimescaleDB has: compression and minutes that are kept ready. Run at every start; what has been done stays.
-- There is no retention policy, and there must be none: readings leave the database through the archive only.

do $$
begin
    -- Chunks that are compressed already do not take these settings again.
    if not (select compression_enabled from timescaledb_information.hypertables where hypertable_name = 'readings' and hypertable_schema = current_schema()) then
        alter table readings set (timescaledb.compress, timescaledb.compress_segmentby = 'sn', timescaledb.compress_orderby = 'time desc, seq');
    end if;
end $$;

-- A chunk is compressed when its last reading is a day old: late ones go into an open chunk until then.
select add_compression_policy('readings', compress_after => interval '24 hours', if_not_exists => true);

create materialized view if not exists readings_by_minute with (timescaledb.continuous, timescaledb.materialized_only = false) as
select sn, time_bucket(interval '1 minute', time) as minute, avg(conc) as mean, min(conc) as low, max(conc) as high, count(*) as count, avg(v_raw) as raw
from readings group by 1, 2
with no data;

-- By the day, so that the minutes of a day go with its readings.
select set_chunk_time_interval('readings_by_minute', interval '1 day');

-- As far back as readings may come late before their day is archived.
select add_continuous_aggregate_policy('readings_by_minute', start_offset => interval '5 days', end_offset => interval '1 minute',
    schedule_interval => interval '1 minute', if_not_exists => true);

create or replace function minutes_of_readings(of_sn text, since timestamptz, until timestamptz)
returns table (minute timestamptz, mean double precision, low double precision, high double precision, count bigint, raw double precision)
language sql stable as $$
    select minute, mean, low, high, count, raw from readings_by_minute
    where sn = of_sn and minute >= date_trunc('minute', since) and minute < until
$$;

create or replace function drop_minutes_of_day(of_day date) returns void language sql as $$
    select drop_chunks('readings_by_minute', older_than => (of_day + 1)::timestamp at time zone 'utc', newer_than => of_day::timestamp at time zone 'utc')
$$;
