-- $1: a JSON array of readings, each key once, times as ISO 8601. The last value that is written to a key stays.
INSERT INTO readings
SELECT * FROM jsonb_populate_recordset(NULL::readings, $1::jsonb)
ON CONFLICT (vehicle_id, seq) DO UPDATE SET
  event_time = EXCLUDED.event_time,
  ingest_time = EXCLUDED.ingest_time,
  latitude = EXCLUDED.latitude,
  longitude = EXCLUDED.longitude,
  speed_kmh = EXCLUDED.speed_kmh,
  front_c = EXCLUDED.front_c,
  front_open = EXCLUDED.front_open,
  rear_c = EXCLUDED.rear_c,
  rear_open = EXCLUDED.rear_open
