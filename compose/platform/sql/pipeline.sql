-- What the pipeline needs beside the tables that the loader has made. Run by the owner, as often as one likes.
-- out: readings (from the trucks, never deleted; times in UTC, milliseconds, as the contract of the topic has them), alerts (written by the sink),
--      smoke_runs (which test truck is next, and when), and the publication that the connectors stream
CREATE TABLE IF NOT EXISTS readings (
  vehicle_id text NOT NULL,
  seq integer NOT NULL,
  event_time timestamp(3) NOT NULL,
  ingest_time timestamp(3) NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
  latitude double precision NOT NULL,
  longitude double precision NOT NULL,
  speed_kmh integer NOT NULL,
  front_c double precision NOT NULL,
  front_open boolean NOT NULL,
  rear_c double precision,
  rear_open boolean,
  PRIMARY KEY (vehicle_id, seq)
);

CREATE TABLE IF NOT EXISTS alerts (
  id text PRIMARY KEY,
  rule text NOT NULL,
  vehicle_id text NOT NULL,
  compartment text,
  due_at timestamptz NOT NULL,
  since timestamptz NOT NULL,
  value_c double precision,
  stored_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE IF NOT EXISTS smoke_runs (
  n integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  marker text NOT NULL,
  -- Seconds since 1970 around which the run's readings lie: each run's after those of the one before, or the rules would call them late.
  base integer NOT NULL
);

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_publication WHERE pubname = 'fjord') THEN
    CREATE PUBLICATION fjord FOR TABLE depots, vehicles, shipments, readings;
  END IF;
END $$;

GRANT USAGE ON SCHEMA public TO capture, sink, reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO capture, reader;
GRANT SELECT, INSERT, UPDATE ON alerts TO sink;
