-- The part of Fjordline's database whose changes others need, and a log that nobody needs. Given: not yours to change.
-- Runs as the role that owns the database, before sql/replication.sql.
CREATE TABLE vehicles (
  vehicle_id text PRIMARY KEY,
  plate text NOT NULL,
  payload_kg integer NOT NULL
);

CREATE TABLE shipments (
  shipment_id uuid PRIMARY KEY,
  vehicle_id text REFERENCES vehicles,
  status text NOT NULL,
  weight_kg numeric(14, 4) NOT NULL,
  due_on date,
  note text,
  rev integer NOT NULL
);

-- Written by the gateway, which never updates: it has no key.
CREATE TABLE readings (
  vehicle_id text NOT NULL,
  seq integer NOT NULL,
  front_c numeric(6, 2) NOT NULL
);

-- Everything that happens, for the auditors: large, and not to be captured.
CREATE TABLE audit_log (
  at timestamptz NOT NULL DEFAULT now(),
  line text NOT NULL
);
