-- $1: a JSON array of alerts, each id once, times as ISO 8601. The last value that is written to an id stays.
INSERT INTO alerts
SELECT * FROM jsonb_populate_recordset(NULL::alerts, $1::jsonb)
ON CONFLICT (id) DO UPDATE SET
  rule = EXCLUDED.rule,
  vehicle_id = EXCLUDED.vehicle_id,
  compartment = EXCLUDED.compartment,
  due_at = EXCLUDED.due_at,
  since = EXCLUDED.since,
  value_c = EXCLUDED.value_c
