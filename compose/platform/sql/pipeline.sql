-- What the pipeline needs beside the tables that the loader has made. Run by the owner, as often as one likes.
-- out: readings (from the trucks), alerts (written by the sink), and the publication that the connector streams
CREATE TABLE IF NOT EXISTS readings (
  vehicle_id text NOT NULL,
  seq integer NOT NULL,
  event_time timestamptz NOT NULL,
  ingest_time timestamptz NOT NULL DEFAULT now(),
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
  alert_id text PRIMARY KEY,
  rule text NOT NULL,
  vehicle_id text NOT NULL,
  compartment text,
  due_at text NOT NULL,
  since text NOT NULL,
  value_c double precision,
  stored_at timestamptz NOT NULL DEFAULT clock_timestamp()
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
