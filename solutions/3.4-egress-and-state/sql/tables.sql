-- Tables of readings and alerts. The keys are what makes writing twice harmless; run again, nothing happens.
CREATE TABLE IF NOT EXISTS readings (
  vehicle_id text NOT NULL,
  seq integer NOT NULL,
  event_time timestamptz NOT NULL,
  ingest_time timestamptz NOT NULL,
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
  value_c double precision
);

-- Where is each truck, and where was it when the alert was due: by truck and event time.
CREATE INDEX IF NOT EXISTS readings_by_time ON readings (vehicle_id, event_time DESC);
