import fs from 'node:fs'
import type { Shape } from './codec.ts'
import type { Message } from './message.ts'
import { MESSAGES } from './messages/index.ts'

function type(shape: Shape): string {
  if (typeof shape === 'string') return shape
  if ('array' in shape) return `[${type(shape.array)}]`
  const fields = Object.entries(shape.fields).map(([name, inner]) => `${name} ${type(inner)}`)
  const tags = Object.entries(shape.tags).map(([name, inner]) => `tag ${name} ${type(inner)}`)
  return `{ ${[...fields, ...tags].join(', ')} }`
}

function side(api: Message, which: 'request' | 'response'): string[] {
  const lines: string[] = []
  let last = ''
  for (let version = api.min; version <= api.max; version++) {
    const text = type(api[which].shape(version, version >= api.flexibleFrom))
    if (text !== last)
      lines.push(`    ${api.name}${which === 'request' ? 'Request' : 'Response'} v${version}+ => ${text.replace(/^\{ | \}$/g, '')}`)
    last = text
  }
  return lines
}

/** The protocol page, made from the tables that also decode: it cannot be out of date. */
export function renderProtocol(): string {
  const lines = [
    '# Protocol',
    '',
    'Made from the message tables in `src/protocol/messages/`; do not edit. Each row shows the fields from the version on in which they changed.',
    'A frame is `size INT32`, a header and a body; see `src/protocol/header.ts`, and `codec.ts` and `struct.ts` for the types.',
    '',
    ...[...MESSAGES.values()].map(
      m => `- ${m.key} ${m.name}: versions ${m.min} to ${m.max}${m.flexibleFrom > m.max ? '' : `, flexible from ${m.flexibleFrom}`}`,
    ),
  ]
  for (const api of MESSAGES.values()) lines.push('', `## ${api.key} ${api.name}`, '', ...side(api, 'request'), ...side(api, 'response'))
  return `${lines.join('\n')}\n`
}

if (import.meta.main) fs.writeFileSync(new URL('../../PROTOCOL.md', import.meta.url), renderProtocol())
