/**
 * Reflected CRCs by the slicing-by-8 method (Kounavis & Berry, "Novel Table Lookup-Based Algorithms for High-Performance CRC
 * Generation", 2008): eight table lookups for eight bytes. A 64-bit register is kept as two 32-bit halves; a 32-bit CRC uses `low` only.
 */
export interface Crc64State {
  low: number
  high: number
}

/** Tables 0–7 of a 32-bit CRC, one behind the other, for a reflected polynomial. */
export function tables32(polynomial: number): Int32Array {
  const tables = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    tables[byte] = crc
  }
  for (let i = 256; i < tables.length; i++) {
    const previous = tables[i - 256]!
    tables[i] = (previous >>> 8) ^ tables[previous & 255]!
  }
  return tables
}

/** Advances a 32-bit register (not inverted) over data. */
export function update32(tables: Int32Array, register: number, data: Uint8Array): number {
  let crc = register
  let i = 0
  for (const stop = data.length - 7; i < stop; i += 8) {
    crc ^= data[i]! | (data[i + 1]! << 8) | (data[i + 2]! << 16) | (data[i + 3]! << 24)
    crc =
      tables[1792 + (crc & 255)]! ^
      tables[1536 + ((crc >>> 8) & 255)]! ^
      tables[1280 + ((crc >>> 16) & 255)]! ^
      tables[1024 + (crc >>> 24)]! ^
      tables[768 + data[i + 4]!]! ^
      tables[512 + data[i + 5]!]! ^
      tables[256 + data[i + 6]!]! ^
      tables[data[i + 7]!]!
  }
  for (; i < data.length; i++) crc = (crc >>> 8) ^ tables[(crc ^ data[i]!) & 255]!
  return crc
}

/** Tables 0–7 of a 64-bit CRC: low and high halves. */
export function tables64(polynomial: bigint): { low: Int32Array; high: Int32Array } {
  const low = new Int32Array(8 * 256)
  const high = new Int32Array(8 * 256)
  const first: bigint[] = []
  for (let byte = 0; byte < 256; byte++) {
    let crc = BigInt(byte)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n
    first.push(crc)
  }
  let row = first
  for (let table = 0; table < 8; table++) {
    row.forEach((crc, byte) => {
      low[table * 256 + byte] = Number(crc & 0xffffffffn) | 0
      high[table * 256 + byte] = Number(crc >> 32n) | 0
    })
    row = row.map(crc => (crc >> 8n) ^ first[Number(crc & 255n)]!)
  }
  return { low, high }
}

/** Advances a 64-bit register (not inverted) over data. */
export function update64(tables: { low: Int32Array; high: Int32Array }, state: Crc64State, data: Uint8Array): void {
  const { low, high } = tables
  let l = state.low
  let h = state.high
  let i = 0
  for (const stop = data.length - 7; i < stop; i += 8) {
    l ^= data[i]! | (data[i + 1]! << 8) | (data[i + 2]! << 16) | (data[i + 3]! << 24)
    h ^= data[i + 4]! | (data[i + 5]! << 8) | (data[i + 6]! << 16) | (data[i + 7]! << 24)
    const a = 1792 + (l & 255)
    const b = 1536 + ((l >>> 8) & 255)
    const c = 1280 + ((l >>> 16) & 255)
    const d = 1024 + (l >>> 24)
    const e = 768 + (h & 255)
    const f = 512 + ((h >>> 8) & 255)
    const g = 256 + ((h >>> 16) & 255)
    const k = h >>> 24
    l = low[a]! ^ low[b]! ^ low[c]! ^ low[d]! ^ low[e]! ^ low[f]! ^ low[g]! ^ low[k]!
    h = high[a]! ^ high[b]! ^ high[c]! ^ high[d]! ^ high[e]! ^ high[f]! ^ high[g]! ^ high[k]!
  }
  for (; i < data.length; i++) {
    const index = (l ^ data[i]!) & 255
    l = ((l >>> 8) | (h << 24)) ^ low[index]!
    h = (h >>> 8) ^ high[index]!
  }
  state.low = l
  state.high = h
}
