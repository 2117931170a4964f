/** Looks for a secret, also where it was written in another way. */
import { fail } from '../../../kpi/index.ts'

/** A way to write a secret, and its bytes. */
export interface Form {
  name: string
  bytes: Buffer
}

/** As it is, in hexadecimal, percent-encoded, and in base64 at each of the three offsets that it can have in what was encoded. */
export function formsOf(secret: string): Form[] {
  const raw = Buffer.from(secret)
  const base64 = [0, 1, 2].map(before => {
    const text = Buffer.concat([Buffer.alloc(before), raw]).toString('base64')
    // Characters at the edges also depend on what stands before and after.
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + raw.length) * 8) / 6))
  })
  const texts = [
    ['as it is', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['in hexadecimal', raw.toString('hex')],
    ...base64.map(text => ['in base64', text] as const),
    ...base64.map(text => ['in base64', text.replaceAll('+', '-').replaceAll('/', '_')] as const),
  ] as const
  // The plainest name first, where two ways give the same text.
  const seen = new Map(texts.toReversed().map(([name, text]) => [text, name]))
  return [...seen].map(([text, name]) => ({ name, bytes: Buffer.from(text) }))
}

/** A place that was searched: its name in the learner's words, and all that stands there. */
export interface Place {
  name: string
  content: string | Buffer
}

export interface Found {
  place: string
  secret: string
  form: string
  offset: number
}

/** Every place that holds a secret, once a place and secret. */
export function search(places: readonly Place[], secrets: Readonly<Record<string, string>>): Found[] {
  const forms = Object.entries(secrets).map(([secret, value]) => ({ secret, forms: formsOf(value) }))
  return places.flatMap(({ name, content }) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    return forms.flatMap(({ secret, forms: ways }) => {
      for (const { name: form, bytes: way } of ways) {
        const offset = bytes.indexOf(way)
        if (offset >= 0) return [{ place: name, secret, form, offset }]
      }
      return []
    })
  })
}

/** Ends the KPI when a secret was found, naming the places; the value itself is never shown. */
export function expectNowhere(found: readonly Found[], searched: string, lookAt?: string): void {
  if (found.length === 0) return
  const lines = [...new Set(found.map(({ place, secret, form }) => `${secret} ${form} in ${place}`))]
  fail({
    subject: `the drawn secrets in ${searched}`,
    expected: 'nowhere',
    saw: lines[0]!,
    ...(lines.length > 1 ? { details: lines.slice(1, 6) } : {}),
    ...(lookAt ? { lookAt } : {}),
  })
}
