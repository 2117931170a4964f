/**
 * The unscaled integer of a decimal: '12.3' at scale 2 is 1230n. Takes text, bigint and number.
 * Throws `RangeError` where digits would be lost or the precision does not suffice.
 */
export function toUnscaled(value: unknown, precision: number, scale: number): bigint {
  const text = typeof value === 'string' ? value : typeof value === 'bigint' || Number.isFinite(value) ? String(value) : ''
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text)
  const digits = parts ? `${parts[2]}${parts[3] ?? ''}` : ''
  if (!parts || digits === '' || digits.length > 400) throw new RangeError(`is not a decimal number`)
  const shift = scale + Number(parts[4] ?? 0) - (parts[3]?.length ?? 0)
  let unscaled = BigInt(digits)
  if (shift >= 0) unscaled *= 10n ** BigInt(shift)
  else {
    const divisor = 10n ** BigInt(-shift)
    if (unscaled % divisor !== 0n) throw new RangeError(`has more than ${scale} digits after the point`)
    unscaled /= divisor
  }
  if (unscaled >= 10n ** BigInt(precision)) throw new RangeError(`has more than ${precision} digits`)
  return parts[1] === '-' ? -unscaled : unscaled
}

/** The decimal as text, always with `scale` digits after the point: 1230n at scale 2 is '12.30'. */
export function fromUnscaled(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  const sign = unscaled < 0n ? '-' : ''
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** The number in a big-endian two's complement byte array, as Parquet keeps decimals. */
export function fromTwosComplement(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return BigInt.asIntN(bytes.length * 8, value)
}

/** The bytes that a decimal of this precision needs (Parquet LogicalTypes, DECIMAL). */
export function bytesOfPrecision(precision: number): number {
  let bytes = 1
  while (10n ** BigInt(precision) > 1n << BigInt(bytes * 8 - 1)) bytes++
  return bytes
}
