import type { Type } from './types.ts'

const INT = 2 ** 31
const LONG = 2 ** 63

/**
 * Whether a JSON value can be a field's default, by the table in the specification ("Complex types, default"): bytes and fixed are strings
 * of code points 0–255; for a union it must be a value of one of its branches (specification 1.12; until 1.11 of the first).
 */
export function isValidDefault(type: Type, value: unknown): boolean {
  switch (type.kind) {
    case 'null':
      return value === null
    case 'boolean':
      return typeof value === 'boolean'
    case 'int':
      return Number.isInteger(value) && (value as number) >= -INT && (value as number) < INT
    case 'long':
      return Number.isInteger(value) && (value as number) >= -LONG && (value as number) < LONG
    case 'float':
    case 'double':
      return typeof value === 'number' || value === 'NaN' || value === 'Infinity' || value === '-Infinity'
    case 'string':
      return typeof value === 'string'
    case 'bytes':
      return isBytes(value)
    case 'fixed':
      return isBytes(value) && value.length === type.size
    case 'enum':
      return typeof value === 'string' && type.symbols.includes(value)
    case 'array':
      return Array.isArray(value) && value.every(item => isValidDefault(type.items, item))
    case 'map':
      return isObject(value) && Object.values(value).every(item => isValidDefault(type.values, item))
    case 'union':
      return type.branches.some(branch => isValidDefault(branch, value))
    case 'record':
      return (
        isObject(value) &&
        type.fields.every(({ name, type: inner, hasDefault }) => (name in value ? isValidDefault(inner, value[name]) : hasDefault))
      )
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isBytes = (value: unknown): value is string => typeof value === 'string' && [...value].every(char => char.charCodeAt(0) < 256)
