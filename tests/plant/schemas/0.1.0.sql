--
-- PostgreSQL database dump
--


-- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)
-- Dumped by pg_dump version 15.20 (Debian 15.20-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: devices_changed(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.devices_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_notify('devices', coalesce(new.sn, old.sn));
    if tg_op = 'UPDATE' and new.sn <> old.sn then
        perform pg_notify('devices', old.sn);
    end if;
    return null;
end $$;


--
-- Name: devices_truncated(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.devices_truncated() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    perform pg_notify('devices', '');
    return null;
end $$;


--
-- Name: make_reading_partitions(date, date); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.make_reading_partitions(first_day date, last_day date) RETURNS integer
    LANGUAGE plpgsql
    AS $$
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


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: alarm_events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alarm_events (
    id text NOT NULL,
    sn text NOT NULL,
    type text NOT NULL,
    raised_at timestamp with time zone,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    told boolean NOT NULL,
    untold text NOT NULL,
    by_user text NOT NULL,
    reason text NOT NULL,
    event jsonb NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: TABLE alarm_events; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.alarm_events IS 'Everything that happened to every alarm. raised_at names the alarm with sn and type; it is null for a shelf without an alarm.';


--
-- Name: alarms; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alarms (
    id bigint NOT NULL,
    sn text NOT NULL,
    "time" timestamp with time zone NOT NULL,
    type text NOT NULL,
    value double precision,
    threshold double precision,
    unit text DEFAULT ''::text NOT NULL,
    notified boolean NOT NULL,
    location text DEFAULT ''::text NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    priority text DEFAULT 'medium'::text NOT NULL,
    state text DEFAULT 'unacknowledged'::text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    peak double precision,
    returned_at timestamp with time zone,
    acknowledged_at timestamp with time zone,
    acknowledged_by text,
    revision integer DEFAULT 1 NOT NULL,
    story jsonb DEFAULT '{}'::jsonb NOT NULL
);


--
-- Name: TABLE alarms; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.alarms IS 'time is event time. notified is false where the last notification of the same sn and type was less than the hold time ago.';


--
-- Name: COLUMN alarms.state; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.alarms.state IS 'ISA-18.2: normal, unacknowledged, acknowledged, returned, latched, latched-acknowledged, shelved, suppressed, out-of-service.';


--
-- Name: COLUMN alarms.story; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.alarms.story IS 'What it was judged by: raw value, temperature, k, b, limit, deadband, delay.';


--
-- Name: alarms_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.alarms ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.alarms_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: api_tokens; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.api_tokens (
    name text NOT NULL,
    token_hash bytea NOT NULL,
    role text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text NOT NULL,
    ends_at timestamp with time zone,
    seen_at timestamp with time zone,
    CONSTRAINT api_tokens_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'admin'::text, 'integrator'::text])))
);


--
-- Name: TABLE api_tokens; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.api_tokens IS 'Tokens for scripts. token_hash is the SHA-256 of the token, which was shown once.';


--
-- Name: audit; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    who text NOT NULL,
    address text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    details jsonb NOT NULL
);


--
-- Name: TABLE audit; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.audit IS 'Every change made through the API: who, when, from where, what. Never holds a secret.';


--
-- Name: audit_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.audit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: channels; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.channels (
    name text NOT NULL,
    kind text NOT NULL,
    enabled boolean DEFAULT false NOT NULL,
    settings jsonb NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_by text NOT NULL,
    CONSTRAINT channels_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'robot'::text, 'sms'::text]))),
    CONSTRAINT channels_name_check CHECK ((name ~ '^[a-z][a-z0-9-]{0,31}$'::text))
);


--
-- Name: TABLE channels; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.channels IS 'The cards of Settings → Alarms. Passwords, keys and addresses that carry a key are not here but in secrets.';


--
-- Name: devices; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.devices (
    sn text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    gas text DEFAULT ''::text NOT NULL,
    unit text DEFAULT 'ppm'::text NOT NULL,
    k double precision,
    b double precision,
    t_coef double precision DEFAULT 0 NOT NULL,
    formula text,
    raw_low double precision,
    raw_high double precision,
    range_low double precision DEFAULT 0 NOT NULL,
    range_high double precision,
    a1 double precision,
    a1_direction text DEFAULT 'high'::text NOT NULL,
    a1_deadband double precision DEFAULT 0 NOT NULL,
    a1_delay_s double precision DEFAULT 0 NOT NULL,
    a2 double precision,
    a2_direction text DEFAULT 'high'::text NOT NULL,
    a2_deadband double precision DEFAULT 0 NOT NULL,
    a2_delay_s double precision DEFAULT 0 NOT NULL,
    location text DEFAULT ''::text NOT NULL,
    plan_id integer,
    left_pct double precision,
    top_pct double precision,
    period_s double precision DEFAULT 10 NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT devices_a1_deadband_check CHECK ((a1_deadband >= (0)::double precision)),
    CONSTRAINT devices_a1_delay_s_check CHECK ((a1_delay_s >= (0)::double precision)),
    CONSTRAINT devices_a1_direction_check CHECK ((a1_direction = ANY (ARRAY['high'::text, 'low'::text]))),
    CONSTRAINT devices_a2_deadband_check CHECK ((a2_deadband >= (0)::double precision)),
    CONSTRAINT devices_a2_delay_s_check CHECK ((a2_delay_s >= (0)::double precision)),
    CONSTRAINT devices_a2_direction_check CHECK ((a2_direction = ANY (ARRAY['high'::text, 'low'::text]))),
    CONSTRAINT devices_left_pct_check CHECK (((left_pct >= (0)::double precision) AND (left_pct <= (100)::double precision))),
    CONSTRAINT devices_period_s_check CHECK ((period_s > (0)::double precision)),
    CONSTRAINT devices_sn_check CHECK ((sn ~ '^[A-Za-z0-9_.:-]{1,64}$'::text)),
    CONSTRAINT devices_top_pct_check CHECK (((top_pct >= (0)::double precision) AND (top_pct <= (100)::double precision)))
);


--
-- Name: TABLE devices; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.devices IS 'conc = k * v_raw + b + t_coef * (temp - 25), in unit. A change is notified on channel devices and acts on the next reading.';


--
-- Name: node_memory; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.node_memory (
    name text NOT NULL,
    key text NOT NULL,
    value bytea NOT NULL,
    ends double precision
);


--
-- Name: TABLE node_memory; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.node_memory IS 'Memory of nodes: name is flow/node/memory, value is msgpack, ends is Unix seconds.';


--
-- Name: node_memory_journal; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.node_memory_journal (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    changes bytea NOT NULL
);


--
-- Name: TABLE node_memory_journal; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.node_memory_journal IS 'Changes since the last fold into node_memory: one row per group commit, msgpack of [[name, key, value, ends], …].';


--
-- Name: node_memory_journal_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.node_memory_journal ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.node_memory_journal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: notifications; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.notifications (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    channel text NOT NULL,
    attempt integer NOT NULL,
    result text NOT NULL,
    answer text NOT NULL,
    subject text NOT NULL,
    events text[] NOT NULL,
    CONSTRAINT notifications_result_check CHECK ((result = ANY (ARRAY['sent'::text, 'again'::text, 'refused'::text, 'test'::text])))
);


--
-- Name: TABLE notifications; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.notifications IS 'Every attempt to tell people: the vendor''s answer, and the ids of the alarm_events it told of. again: it will be tried once more.';


--
-- Name: notifications_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.notifications ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.notifications_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: quarantine; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.quarantine (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    flow text NOT NULL,
    node text NOT NULL,
    "time" timestamp with time zone NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    reason text NOT NULL,
    payload bytea NOT NULL,
    size_bytes bigint NOT NULL,
    props jsonb NOT NULL,
    replayed timestamp with time zone
);


--
-- Name: TABLE quarantine; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.quarantine IS 'Messages that no node could handle, with the reason. payload is what came in; above 1 MB only its beginning.';


--
-- Name: quarantine_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.quarantine ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.quarantine_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: readings; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.readings (
    "time" timestamp with time zone NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    v_raw double precision NOT NULL,
    temp double precision,
    humi double precision,
    conc double precision,
    conc_raw double precision,
    seq integer NOT NULL,
    bat smallint,
    rssi smallint,
    err smallint DEFAULT 0 NOT NULL,
    flags smallint DEFAULT 0 NOT NULL,
    sn text NOT NULL,
    net text,
    extra jsonb
)
PARTITION BY RANGE ("time");


--
-- Name: TABLE readings; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.readings IS 'One row per reading. conc is null where none can be known; flags is a sum of 1 clock wrong, 2 duplicate, 4 late, 8 reboot, 16 fault, 32 warming up, 64 uncalibrated.';


--
-- Name: readings_default; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.readings_default (
    "time" timestamp with time zone NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    v_raw double precision NOT NULL,
    temp double precision,
    humi double precision,
    conc double precision,
    conc_raw double precision,
    seq integer NOT NULL,
    bat smallint,
    rssi smallint,
    err smallint DEFAULT 0 NOT NULL,
    flags smallint DEFAULT 0 NOT NULL,
    sn text NOT NULL,
    net text,
    extra jsonb
);


--
-- Name: revisions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.revisions (
    flow text NOT NULL,
    number integer NOT NULL,
    revision text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    who text NOT NULL,
    note text NOT NULL,
    text text,
    report jsonb NOT NULL
);


--
-- Name: TABLE revisions; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.revisions IS 'Every deploy of every flow. revision is the hash of the file text; text is null where the flow was removed.';


--
-- Name: schedule_fired; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schedule_fired (
    flow text NOT NULL,
    node text NOT NULL,
    at timestamp with time zone NOT NULL,
    fired_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: schema_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_migrations (
    pack text NOT NULL,
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: secrets; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.secrets (
    name text NOT NULL,
    value bytea NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_by text NOT NULL
);


--
-- Name: TABLE secrets; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.secrets IS 'Encrypted with the key in the data folder (Fernet); useless without it.';


--
-- Name: sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sessions (
    token_hash bytea NOT NULL,
    user_name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    address text NOT NULL
);


--
-- Name: TABLE sessions; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.sessions IS 'Browsers that are signed in. token_hash is the SHA-256 of what the cookie holds.';


--
-- Name: users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.users (
    name text NOT NULL,
    password text NOT NULL,
    role text NOT NULL,
    language text DEFAULT 'zh'::text NOT NULL,
    must_change boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone,
    CONSTRAINT users_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'admin'::text, 'integrator'::text])))
);


--
-- Name: TABLE users; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.users IS 'People who sign in. password is an argon2id hash; must_change asks for a new one before anything else.';


--
-- Name: readings_default; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.readings ATTACH PARTITION public.readings_default DEFAULT;


--
-- Data for Name: alarm_events; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: alarms; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.alarms OVERRIDING SYSTEM VALUE VALUES (1, 'GS001', '2026-01-01 00:00:00+00', 'gas_a1', 25, NULL, '', true, '', '2026-11-26 00:01:03.404084+00', '', 'medium', 'unacknowledged', true, NULL, NULL, NULL, NULL, 1, '{}');
INSERT INTO public.alarms OVERRIDING SYSTEM VALUE VALUES (2, 'GS002', '2026-01-01 00:00:00+00', 'gas_a2', 60, NULL, '', false, '', '2026-11-26 00:01:03.404084+00', '', 'medium', 'unacknowledged', true, NULL, NULL, NULL, NULL, 1, '{}');


--
-- Data for Name: api_tokens; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: audit; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: channels; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: devices; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.devices VALUES ('GS001', '', '', 'ppm', 0.2, -80, 0, NULL, NULL, NULL, 0, NULL, 20, 'high', 0, 0, 50, 'high', 0, 0, '', NULL, NULL, NULL, 10, true, '2026-11-26 00:01:03.404084+00');
INSERT INTO public.devices VALUES ('GS002', '', '', 'ppm', 0.2, -80, 0, NULL, NULL, NULL, 0, NULL, 20, 'high', 0, 0, 50, 'high', 0, 0, '', NULL, NULL, NULL, 10, true, '2026-11-26 00:01:03.404084+00');


--
-- Data for Name: node_memory; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: node_memory_journal; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: notifications; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: quarantine; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: readings_default; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.readings_default VALUES ('2026-01-01 00:00:10+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 1, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:00:20+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 2, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:00:30+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 3, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:00:40+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 4, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:00:50+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 5, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:01:00+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 6, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:01:10+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 7, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:01:20+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 8, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:01:30+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 9, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:01:40+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 10, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:01:50+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 11, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:02:00+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 12, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:02:10+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 13, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:02:20+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 14, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:02:30+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 15, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:02:40+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 16, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:02:50+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 17, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:03:00+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 18, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:03:10+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 19, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:03:20+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 20, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:03:30+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 21, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:03:40+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 22, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:03:50+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 23, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:04:00+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 24, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:04:10+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 25, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:04:20+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 26, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:04:30+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 27, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:04:40+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 28, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:04:50+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 29, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:05:00+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 30, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:05:10+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 31, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:05:20+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 32, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:05:30+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 33, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:05:40+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 34, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:05:50+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 35, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:06:00+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 36, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:06:10+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 37, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:06:20+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 38, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:06:30+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 39, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:06:40+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 40, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:06:50+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 41, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:07:00+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 42, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:07:10+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 43, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:07:20+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 44, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:07:30+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 45, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:07:40+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 46, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:07:50+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 47, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:08:00+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 48, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:08:10+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 49, NULL, NULL, 0, 0, 'GS001', NULL, NULL);
INSERT INTO public.readings_default VALUES ('2026-01-01 00:08:20+00', '2026-11-26 00:01:03.404084+00', 410, NULL, NULL, 2, NULL, 50, NULL, NULL, 0, 0, 'GS001', NULL, NULL);


--
-- Data for Name: revisions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.revisions VALUES ('f', 1, 'abc', '2026-11-26 00:01:03.404084+00', 'admin', '', 'flow: f', '{}');


--
-- Data for Name: schedule_fired; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: schema_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.schema_migrations VALUES ('engine', 1, 'engine', 'fb18e4ebcd981b534717dbce4376c7bacf2e63c09919c70178895e10b4b63b96', '2026-11-26 00:01:02.422164+00');
INSERT INTO public.schema_migrations VALUES ('engine', 2, 'site', '5f207a0cbfdbd9c244faeb4f1f23629c6e586e9d2688321a2f4310ff1dfca569', '2026-11-26 00:01:02.479135+00');
INSERT INTO public.schema_migrations VALUES ('engine', 3, 'schedule', '24b24fff9ba653d4ed2ab938e4b0a9067e0040ab3fdf20a38adbac0ad642c498', '2026-11-26 00:01:02.601861+00');
INSERT INTO public.schema_migrations VALUES ('plant', 1, 'devices', '14dfb61f24a81bda8acfcddff3d51c0545cb1a39175df7bcb923f38164a71fb2', '2026-11-26 00:01:02.623047+00');
INSERT INTO public.schema_migrations VALUES ('plant', 2, 'readings', '8b762cb086416f4ee2ad1f7875b2033f31c15d1f4aaec6cbf4e828395f37775a', '2026-11-26 00:01:02.683069+00');
INSERT INTO public.schema_migrations VALUES ('plant', 3, 'alarms', '158d720f5f34675f1642ab5f8b8d2273616e067a715c9c38753cf583af450e4c', '2026-11-26 00:01:03.150487+00');
INSERT INTO public.schema_migrations VALUES ('plant', 4, 'alarm_states', 'a719127a65003c82915fb909eeda82a6b139655ddec6f81a0be17e12739f3048', '2026-11-26 00:01:03.282781+00');


--
-- Data for Name: secrets; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: sessions; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.users VALUES ('admin', 'a hash', 'admin', 'zh', false, '2026-11-26 00:01:03.404084+00', NULL);


--
-- Name: alarms_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.alarms_id_seq', 2, true);


--
-- Name: audit_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.audit_id_seq', 1, false);


--
-- Name: node_memory_journal_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.node_memory_journal_id_seq', 1, false);


--
-- Name: notifications_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.notifications_id_seq', 1, false);


--
-- Name: quarantine_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.quarantine_id_seq', 1, false);


--
-- Name: alarm_events alarm_events_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alarm_events
    ADD CONSTRAINT alarm_events_pkey PRIMARY KEY (id);


--
-- Name: alarms alarms_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alarms
    ADD CONSTRAINT alarms_pkey PRIMARY KEY (id);


--
-- Name: alarms alarms_sn_type_time_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alarms
    ADD CONSTRAINT alarms_sn_type_time_key UNIQUE (sn, type, "time");


--
-- Name: api_tokens api_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (name);


--
-- Name: api_tokens api_tokens_token_hash_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_token_hash_key UNIQUE (token_hash);


--
-- Name: audit audit_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (id);


--
-- Name: channels channels_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.channels
    ADD CONSTRAINT channels_pkey PRIMARY KEY (name);


--
-- Name: devices devices_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_pkey PRIMARY KEY (sn);


--
-- Name: node_memory_journal node_memory_journal_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.node_memory_journal
    ADD CONSTRAINT node_memory_journal_pkey PRIMARY KEY (id);


--
-- Name: node_memory node_memory_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.node_memory
    ADD CONSTRAINT node_memory_pkey PRIMARY KEY (name, key);


--
-- Name: notifications notifications_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (id);


--
-- Name: quarantine quarantine_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.quarantine
    ADD CONSTRAINT quarantine_pkey PRIMARY KEY (id);


--
-- Name: readings readings_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.readings
    ADD CONSTRAINT readings_pkey PRIMARY KEY (sn, "time", seq);


--
-- Name: readings_default readings_default_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.readings_default
    ADD CONSTRAINT readings_default_pkey PRIMARY KEY (sn, "time", seq);


--
-- Name: revisions revisions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT revisions_pkey PRIMARY KEY (flow, number);


--
-- Name: schedule_fired schedule_fired_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schedule_fired
    ADD CONSTRAINT schedule_fired_pkey PRIMARY KEY (flow, node, at);


--
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (pack, number);


--
-- Name: secrets secrets_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.secrets
    ADD CONSTRAINT secrets_pkey PRIMARY KEY (name);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (token_hash);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (name);


--
-- Name: alarm_events_alarm; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX alarm_events_alarm ON public.alarm_events USING btree (sn, type, raised_at, at);


--
-- Name: alarm_events_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX alarm_events_at ON public.alarm_events USING btree (at DESC);


--
-- Name: alarms_device; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX alarms_device ON public.alarms USING btree (sn, "time" DESC);


--
-- Name: alarms_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX alarms_open ON public.alarms USING btree ("time" DESC) WHERE (state <> 'normal'::text);


--
-- Name: alarms_time; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX alarms_time ON public.alarms USING btree ("time" DESC);


--
-- Name: audit_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX audit_at ON public.audit USING btree (at DESC);


--
-- Name: notifications_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX notifications_at ON public.notifications USING btree (at DESC);


--
-- Name: notifications_events; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX notifications_events ON public.notifications USING gin (events);


--
-- Name: quarantine_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX quarantine_at ON public.quarantine USING btree (at DESC);


--
-- Name: readings_by_time; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX readings_by_time ON ONLY public.readings USING brin ("time");


--
-- Name: readings_default_time_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX readings_default_time_idx ON public.readings_default USING brin ("time");


--
-- Name: sessions_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sessions_user ON public.sessions USING btree (user_name);


--
-- Name: readings_default_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.readings_pkey ATTACH PARTITION public.readings_default_pkey;


--
-- Name: readings_default_time_idx; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.readings_by_time ATTACH PARTITION public.readings_default_time_idx;


--
-- Name: devices devices_changed; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER devices_changed AFTER INSERT OR DELETE OR UPDATE ON public.devices FOR EACH ROW EXECUTE FUNCTION public.devices_changed();


--
-- Name: devices devices_truncated; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER devices_truncated AFTER TRUNCATE ON public.devices FOR EACH STATEMENT EXECUTE FUNCTION public.devices_truncated();


--
-- Name: sessions sessions_user_name_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_name_fkey FOREIGN KEY (user_name) REFERENCES public.users(name) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--


