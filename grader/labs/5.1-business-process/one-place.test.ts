import { did, expect, kpi } from '../../kpi/index.ts'
import { audit } from './support/audit.ts'
import { connect, fjordline, simulate } from './support/business.ts'
import { done, race, refused } from './support/refused.ts'

const doneOf = ([first, second]: [boolean, boolean]): string =>
  first && second ? 'both' : first ? 'the first' : second ? 'the second' : 'none'

/** Shipments of mine. */
const ids = [1, 2, 3, 4, 5].map(n => `00000000-0000-4000-8000-00000000000${n}`) as [string, string, string, string, string]

kpi('one-place', async ({ learner, postgres, random }) => {
  const { admin } = postgres
  await fjordline(postgres, random.int(1, 2 ** 31), { vehicles: 5, shipments: 60 })
  await simulate({ learner, postgres })
  did('When all was delivered, I wrote to the tables myself, as a dispatcher with another program would.')
  const [one, two] = await Promise.all([connect(postgres), connect(postgres)])
  try {
    const { rows } = await admin.query<{ vehicle: string; place: string; last: string; payload: number }>(
      `SELECT DISTINCT ON (vehicle_id) vehicle_id AS vehicle, destination_depot_id AS place, arrived_at::text AS last, payload_kg AS payload
       FROM trips JOIN vehicles USING (vehicle_id) ORDER BY vehicle_id, departed_at DESC`,
    )
    const { vehicle, place, last, payload } = random.pick(rows)
    const depots = await admin.query<{ id: string }>(`SELECT depot_id AS id FROM depots WHERE depot_id <> $1 ORDER BY 1`, [place])
    const [there, elsewhere] = random.shuffle(depots.rows.map(row => row.id)) as [string, string]
    const trip = (from: string, to: string, minutes: number, arrived = 'NULL') =>
      `INSERT INTO trips (vehicle_id, origin_depot_id, destination_depot_id, departed_at, arrived_at)
       VALUES ('${vehicle}', '${from}', '${to}', timestamptz '${last}' + interval '${minutes} minutes', ${arrived})`
    const booked = (id: string, weight: number) =>
      `INSERT INTO shipments SELECT (jsonb_populate_record(s, jsonb_build_object('shipment_id', '${id}', 'vehicle_id', '${vehicle}', 'status', 'booked',
         'origin_depot_id', '${place}', 'destination_depot_id', '${there}', 'weight_kg', ${weight}, 'loaded_at', NULL, 'departed_at', NULL,
         'arrived_at', NULL, 'delivered_at', NULL))).* FROM shipments s WHERE vehicle_id IS NOT NULL LIMIT 1`
    const loaded = (id: string) =>
      `UPDATE shipments SET status = 'loaded', loaded_at = timestamptz '${last}' + interval '1 minute' WHERE shipment_id = '${id}'`

    await refused(one, trip(elsewhere, there, 5), `${vehicle} stands at ${place} and leaves from ${elsewhere}`)
    await refused(one, trip(place, there, -1), `${vehicle} leaves before it has arrived`)
    await refused(one, trip(place, place, 5), `${vehicle} leaves ${place} for ${place}`)
    await refused(
      one,
      trip(place, there, -300, `timestamptz '${last}' - interval '4 hours'`),
      `${vehicle} was on another trip at the same time`,
    )
    await refused(
      one,
      `UPDATE trips SET arrived_at = NULL WHERE vehicle_id = '${vehicle}' AND arrived_at = '${last}'`,
      'a trip that has ended is under way again',
    )
    await refused(
      one,
      `UPDATE trips SET destination_depot_id = '${elsewhere}' WHERE vehicle_id = '${vehicle}' AND arrived_at = '${last}'`,
      'a trip ends somewhere else, afterwards',
    )
    await refused(
      one,
      `UPDATE trips SET arrived_at = arrived_at + interval '1 minute' WHERE vehicle_id = '${vehicle}' AND arrived_at = '${last}'`,
      'a trip that has ended ends a minute later',
    )

    // Each fits alone; together they are too heavy. The third is at another depot.
    await one.query(booked(ids[0], Math.floor(payload * 0.6)))
    await one.query(booked(ids[1], Math.floor(payload * 0.6)))
    await one.query(booked(ids[2], 1).replace(`'origin_depot_id', '${place}'`, `'origin_depot_id', '${elsewhere}'`))
    await refused(one, loaded(ids[2]), `a shipment at ${elsewhere} is loaded on ${vehicle}, which stands at ${place}`)
    const atOnce = `UPDATE shipments SET status = 'loaded', loaded_at = booked_at WHERE shipment_id = '${ids[0]}'`
    await refused(one, atOnce, 'a shipment is loaded at the time it was booked')
    const loads = await race(admin, [one, loaded(ids[0])], [two, loaded(ids[1])])
    did(`Two shipments of ${Math.floor(payload * 0.6)} kg, a payload of ${payload} kg: two transactions loaded one each, at the same time.`)
    expect(doneOf(loads), 'shipments that were loaded').toBe('the first')

    // One goes elsewhere; the other is exactly as heavy as what is left.
    await one.query(booked(ids[3], 1).replace(`'destination_depot_id', '${there}'`, `'destination_depot_id', '${elsewhere}'`))
    await refused(one, loaded(ids[3]), `a shipment to ${elsewhere} is loaded on ${vehicle}, which is loaded for ${there}`)
    await one.query(booked(ids[4], payload - Math.floor(payload * 0.6)))
    await done(one, loaded(ids[4]), `a shipment of ${payload - Math.floor(payload * 0.6)} kg is loaded, for which there is just room`)

    const departures = await race(admin, [one, trip(place, there, 10)], [two, trip(place, elsewhere, 11)])
    did(`Two transactions sent ${vehicle} to two depots, at the same time.`)
    expect(doneOf(departures), 'departures that were done').toBe('the first')
    await refused(one, trip(place, elsewhere, 20), `${vehicle} is under way and leaves again`)
    await refused(
      one,
      `UPDATE trips SET arrived_at = departed_at + interval '1 hour', destination_depot_id = '${elsewhere}' WHERE vehicle_id = '${vehicle}' AND arrived_at IS NULL`,
      `${vehicle} is under way to ${there} and arrives at ${elsewhere}`,
    )
    await refused(
      one,
      `UPDATE trips SET arrived_at = departed_at - interval '1 minute' WHERE vehicle_id = '${vehicle}' AND arrived_at IS NULL`,
      `${vehicle} arrives before it has left`,
    )
    await refused(one, loaded(ids[1]), `a shipment is loaded on ${vehicle}, which is under way`)
    await one.query(
      `UPDATE shipments SET status = 'in_transit', departed_at = (SELECT departed_at FROM trips WHERE vehicle_id = $1 AND arrived_at IS NULL) WHERE shipment_id = ANY($2)`,
      [vehicle, [ids[0], ids[4]]],
    )
    await audit(admin, 'after my attempts')
  } finally {
    await Promise.all([one.end(), two.end()])
  }
  const report = await simulate({ learner, postgres })
  did('What I began was there to be finished; I ran the simulator once more.')
  expect(report.deliver, 'shipments that it delivered').toBe(ids.length)
  await audit(admin, 'after it had finished what I began')
})
