-- What PostgreSQL needs before a connector may read its changes. Runs once, after sql/tables.sql, as the role that owns the database (no superuser).

-- Something of the connector's own to come through the slot while the captured tables are quiet.
CREATE TABLE heartbeat (id integer PRIMARY KEY, at timestamptz NOT NULL);

CREATE PUBLICATION fjordline FOR TABLE vehicles, shipments, readings, heartbeat
  WITH (publish = 'insert, update, delete');

-- The whole old row goes into the log with an UPDATE and a DELETE, not its key only: more log, and a "before" to compare with.
ALTER TABLE vehicles REPLICA IDENTITY FULL;
ALTER TABLE shipments REPLICA IDENTITY FULL;
ALTER TABLE readings REPLICA IDENTITY FULL;
