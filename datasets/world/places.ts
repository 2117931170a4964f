import { randomStream } from '../prng.ts'
import { code } from '../text.ts'

/** A depot; coordinates in hundred-thousandths of a degree (about one metre). */
export interface Depot {
  readonly depot_id: string
  readonly name: string
  readonly lat: number
  readonly lon: number
  readonly docks: number
  readonly vaccineStore: boolean
  readonly openedOn: string
}

/** Norwegian coast towns from south to north: name, latitude and longitude in hundred-thousandths of a degree. */
const TOWNS: readonly (readonly [string, number, number])[] = [
  ['Kristiansand', 5814600, 799560],
  ['Stavanger', 5897000, 573310],
  ['Haugesund', 5941380, 526800],
  ['Bergen', 6039290, 532410],
  ['Førde', 6145210, 585720],
  ['Florø', 6159960, 503280],
  ['Ålesund', 6247230, 615490],
  ['Molde', 6273750, 715910],
  ['Kristiansund', 6311030, 772790],
  ['Trondheim', 6343050, 1039510],
  ['Steinkjer', 6401480, 1149540],
  ['Namsos', 6446620, 1149570],
  ['Brønnøysund', 6547500, 1221170],
  ['Sandnessjøen', 6602170, 1263160],
  ['Mosjøen', 6583700, 1319340],
  ['Mo i Rana', 6631280, 1414280],
  ['Bodø', 6728040, 1440490],
  ['Fauske', 6725960, 1539370],
  ['Narvik', 6843850, 1742730],
  ['Harstad', 6879860, 1654150],
  ['Sortland', 6869340, 1541600],
  ['Tromsø', 6964920, 1895530],
  ['Alta', 6996890, 2327160],
  ['Hammerfest', 7066340, 2368210],
]

/** The first `count` depots of the coast, with what the seed decides about them. */
export function makeDepots(seed: number, count: number): Depot[] {
  const random = randomStream(seed, 'depots')
  return TOWNS.slice(0, count).map(([town, lat, lon], i) => ({
    depot_id: code('D', i + 1, 2),
    name: `Fjordline ${town}`,
    lat: lat + random.between(-900, 900),
    lon: lon + random.between(-900, 900),
    docks: random.between(2, 12),
    vaccineStore: i === 0 || random.chance(600_000),
    openedOn: `${random.between(1974, 2019)}-${String(random.between(1, 12)).padStart(2, '0')}-${String(random.between(1, 28)).padStart(2, '0')}`,
  }))
}

/** cos(latitude) × 1000 for 58° … 71°: a degree of longitude is this many thousandths of a degree of latitude. A table, so that no platform's Math.cos decides. */
const COS_PER_MILLE = [530, 515, 500, 485, 469, 454, 438, 423, 407, 391, 375, 358, 342, 326] as const

/** Road metres between two depots: the straight line (111.2 km a degree) and a third more for the fjords. */
export function roadMetres(from: Depot, to: Depot): number {
  const middle = Math.floor((from.lat + to.lat) / 200_000)
  const cos = COS_PER_MILLE[middle - 58] ?? 400
  const north = from.lat - to.lat
  const east = Math.floor(((from.lon - to.lon) * cos) / 1000)
  const straight = Math.floor(Math.sqrt(north * north + east * east)) // IEEE 754 rounds a square root exactly: the same everywhere
  return Math.floor((straight * 1112 * 4) / 3000)
}
