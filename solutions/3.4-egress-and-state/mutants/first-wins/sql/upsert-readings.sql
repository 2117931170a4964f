-- $1: a JSON array of readings, each key once, times as ISO 8601. The first value of a key stays.
INSERT INTO readings
SELECT * FROM jsonb_populate_recordset(NULL::readings, $1::jsonb)
ON CONFLICT (vehicle_id, seq) DO NOTHING
