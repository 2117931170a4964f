import { CodedError } from '../errors/coded-error.ts'
import { nearest } from '../ui/nearest.ts'
import { EXTRAS, type Extra } from './types.ts'

/** The parts of `--with scheduler,chat`; `all` is every one. @throws CodedError MR-E-164 for another name */
export function extrasOf(list: string | undefined): Extra[] {
  const names = (list ?? '').split(',').map(name => name.trim()).filter(name => name !== '') // biome-ignore format: one line
  if (names.includes('all')) return [...EXTRAS]
  const wrong = names.find(name => !(EXTRAS as readonly string[]).includes(name))
  if (wrong !== undefined)
    throw new CodedError('MR-E-164', { name: wrong, all: [...EXTRAS, 'all'].join(', '), nearest: nearest(wrong, EXTRAS) ?? 'all' })
  return EXTRAS.filter(extra => names.includes(extra))
}
