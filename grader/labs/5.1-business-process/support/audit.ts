/** Fjordline's invariants as one query each: what they yield must not be. All see the same moment. */
import type { Pool } from 'pg'
import { fail } from '../../../kpi/index.ts'

const STATES = `(VALUES ('booked', 1), ('loaded', 2), ('in_transit', 3), ('arrived', 4), ('delivered', 5)) AS st (state, n)`
const TIMES = `CASE e.state WHEN 'booked' THEN s.booked_at WHEN 'loaded' THEN s.loaded_at WHEN 'in_transit' THEN s.departed_at
  WHEN 'arrived' THEN s.arrived_at ELSE s.delivered_at END`

/** What must hold at every moment → a query for what breaks it, as one text column. */
const INVARIANTS: Record<string, string> = {
  'a vehicle is on one trip at a time': `
    SELECT a.vehicle_id || ' is on a trip from ' || a.departed_at || ' to ' || coalesce(a.arrived_at::text, 'now') || ' and on one from ' || b.departed_at FROM trips a JOIN trips b USING (vehicle_id)
    WHERE a.trip_id < b.trip_id AND tstzrange(a.departed_at, a.arrived_at) && tstzrange(b.departed_at, b.arrived_at)`,
  'a trip begins where the last one ended': `
    SELECT vehicle_id || ' arrived at ' || before || ' and left from ' || origin_depot_id FROM (
      SELECT *, lag(destination_depot_id) OVER (PARTITION BY vehicle_id ORDER BY departed_at) AS before FROM trips) t
    WHERE before <> origin_depot_id`,
  'every state that a shipment reached is in its history, once, and no other': `
    SELECT 'shipment ' || s.shipment_id || ' is ' || s.status || ', its history: ' || coalesce(h.states, 'none') FROM shipments s
    JOIN ${STATES} ON st.state = s.status
    LEFT JOIN (SELECT shipment_id, count(*) AS n, max(x.n) AS top, string_agg(e.state, ', ' ORDER BY e.at) AS states
               FROM shipment_events e JOIN (SELECT state, n FROM ${STATES}) x USING (state) GROUP BY shipment_id) h USING (shipment_id)
    WHERE h.n IS DISTINCT FROM st.n OR h.top IS DISTINCT FROM st.n`,
  'the times in shipments and in the history are the same, and each is later than the one before': `
    SELECT 'shipment ' || shipment_id || ': ' || state || ' at ' || coalesce(at::text, 'no time') FROM (
      SELECT e.*, ${TIMES} AS told, lag(e.at) OVER (PARTITION BY shipment_id ORDER BY st.n) AS before
      FROM shipment_events e JOIN shipments s USING (shipment_id) JOIN ${STATES} USING (state)) x
    WHERE at IS DISTINCT FROM told OR at <= before`,
  'a shipment is in transit exactly while its vehicle is on its trip': `
    SELECT 'shipment ' || s.shipment_id || ' is ' || s.status || ', its trip ' || coalesce(CASE WHEN t.trip_id IS NULL THEN 'does not exist'
      WHEN t.arrived_at IS NULL THEN 'is under way' ELSE 'has ended' END, '') FROM shipments s
    LEFT JOIN trips t ON t.vehicle_id = s.vehicle_id AND t.departed_at = s.departed_at AND t.origin_depot_id = s.origin_depot_id
      AND t.destination_depot_id = s.destination_depot_id
    WHERE s.departed_at IS NOT NULL AND (t.trip_id IS NULL OR (s.status = 'in_transit') <> (t.arrived_at IS NULL))`,
  'no vehicle carries more than its payload': `
    SELECT vehicle_id || ' has ' || sum(weight_kg) || ' kg on board, its payload is ' || payload_kg
    FROM shipments JOIN vehicles USING (vehicle_id) WHERE status IN ('loaded', 'in_transit') GROUP BY vehicle_id, payload_kg
    HAVING sum(weight_kg) > payload_kg`,
  'readings of a vehicle are numbered 1, 2, 3 …': `
    SELECT vehicle_id || ': ' || count(*) || ' readings, the last is number ' || max(seq) FROM trip_readings GROUP BY vehicle_id
    HAVING count(*) <> max(seq) OR min(seq) <> 1`,
  'a reading is made on the trip that it names, and within the range of the compartments': `
    SELECT r.vehicle_id || ' reading ' || r.seq || ' at ' || r.event_time || ', front ' || r.front_c FROM trip_readings r
    JOIN trips t USING (trip_id) JOIN vehicles v ON v.vehicle_id = r.vehicle_id
    WHERE t.vehicle_id <> r.vehicle_id OR r.event_time <= t.departed_at OR r.event_time >= t.arrived_at
      OR r.front_c NOT BETWEEN v.front_min_c AND v.front_max_c OR (r.rear_c IS NULL) <> (v.rear_min_c IS NULL)
      OR r.rear_c NOT BETWEEN v.rear_min_c AND v.rear_max_c`,
}

/** Looks at one moment of the database; throws KpiFailure with the first invariant that does not hold and an example. */
export async function audit(pool: Pool, when: string): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    for (const [invariant, sql] of Object.entries(INVARIANTS)) {
      const { rows } = await client.query<{ broken: string }>(`SELECT * FROM (${sql}) AS x (broken) ORDER BY broken LIMIT 1`)
      if (rows[0]) fail({ subject: `${when}: ${invariant}`, expected: 'it holds', saw: rows[0].broken })
    }
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
}

/** How many shipments are in each state; those without a vehicle apart. */
export async function states(pool: Pool): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ state: string; n: number }>(
    `SELECT CASE WHEN vehicle_id IS NULL THEN 'no vehicle' ELSE status END AS state, count(*)::int AS n FROM shipments GROUP BY 1 ORDER BY 1`,
  )
  return Object.fromEntries(rows.map(row => [row.state, row.n]))
}

/** Rows of the process's tables, by what they are. */
export async function totals(pool: Pool): Promise<Record<'trips' | 'open' | 'readings' | 'loaded' | 'delivered', number>> {
  const { rows } = await pool.query(
    `SELECT (SELECT count(*)::int FROM trips) AS trips, (SELECT count(*)::int FROM trips WHERE arrived_at IS NULL) AS open,
            (SELECT count(*)::int FROM trip_readings) AS readings,
            (SELECT count(*)::int FROM shipment_events WHERE state = 'loaded') AS loaded,
            (SELECT count(*)::int FROM shipment_events WHERE state = 'delivered') AS delivered`,
  )
  return rows[0]
}
