-- $1: a JSON array of readings that were not written yet, times as ISO 8601.
INSERT INTO readings
SELECT * FROM jsonb_populate_recordset(NULL::readings, $1::jsonb)
