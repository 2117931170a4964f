import type { EngineName } from '../course/types.ts'
import { CodedError } from '../errors/coded-error.ts'
import { nearest } from '../ui/nearest.ts'
import { CONTAINERS_ONLY, EXTRAS, type Extra } from './types.ts'

/**
 * The parts of `--with scheduler,chat`; `all` is every one that the engine can bring.
 * @throws CodedError MR-E-164 for another name, MR-E-166 for one that needs containers
 */
export function extrasOf(list: string | undefined, engine: EngineName): Extra[] {
  const names = (list ?? '').split(',').map(name => name.trim()).filter(name => name !== '') // biome-ignore format: one line
  const possible = EXTRAS.filter(extra => engine === 'docker' || !CONTAINERS_ONLY.includes(extra))
  if (names.includes('all')) return possible
  const wrong = names.find(name => !(EXTRAS as readonly string[]).includes(name))
  if (wrong !== undefined)
    throw new CodedError('MR-E-164', { name: wrong, all: [...EXTRAS, 'all'].join(', '), nearest: nearest(wrong, EXTRAS) ?? 'all' })
  const without = names.find(name => !(possible as readonly string[]).includes(name))
  if (without !== undefined) throw new CodedError('MR-E-166', { name: without })
  return possible.filter(extra => names.includes(extra))
}
