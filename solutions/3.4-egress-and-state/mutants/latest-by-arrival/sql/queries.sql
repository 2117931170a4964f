-- What dispatchers ask. Run again, each view is replaced by itself.

-- The newest reading of each truck by event time, whatever arrived last.
CREATE OR REPLACE VIEW latest_readings AS
SELECT DISTINCT ON (vehicle_id) vehicle_id, event_time, front_c, rear_c
FROM readings
ORDER BY vehicle_id, ingest_time DESC;

-- How many alerts of each rule every truck has had; a truck without alerts has a row, too.
CREATE OR REPLACE VIEW alerts_by_vehicle AS
SELECT
  vehicle_id,
  count(id) FILTER (WHERE rule = 'threshold') AS threshold,
  count(id) FILTER (WHERE rule = 'rate-of-change') AS rate_of_change,
  count(id) FILTER (WHERE rule = 'silence') AS silence
FROM (SELECT DISTINCT vehicle_id FROM readings) AS trucks
LEFT JOIN alerts USING (vehicle_id)
GROUP BY vehicle_id;

-- Every alert with the place of its truck: that of its last reading at or before the moment at which the alert was due.
CREATE OR REPLACE VIEW alert_places AS
SELECT alerts.id, alerts.rule, alerts.vehicle_id, alerts.due_at, place.latitude, place.longitude
FROM alerts
LEFT JOIN LATERAL (
  SELECT latitude, longitude
  FROM readings
  WHERE readings.vehicle_id = alerts.vehicle_id AND readings.event_time <= alerts.due_at
  ORDER BY readings.event_time DESC
  LIMIT 1
) AS place ON true;

-- The front compartment by truck and minute (UTC), without what a broken sensor says.
CREATE OR REPLACE VIEW front_by_minute AS
SELECT
  vehicle_id,
  date_trunc('minute', event_time, 'UTC') AS minute,
  count(*) AS readings,
  min(front_c) AS min_c,
  max(front_c) AS max_c,
  avg(front_c) AS avg_c
FROM readings
WHERE front_c BETWEEN -40 AND 60
GROUP BY vehicle_id, minute;
