/** timeline.html of a run: one self-contained page, assembled from the files in page/. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { EventsRead } from '../events.ts'
import type { Results, TimelineEvent } from '../types.ts'
import { encode } from './encode.ts'

/** In the order in which they depend on each other. */
const SCRIPTS = [
  'model.js',
  'scale.js',
  'layout.js',
  'brush.js',
  'bars.js',
  'overview.js',
  'draw.js',
  'panels.js',
  'pointer.js',
  'timeline.js',
]

interface Template {
  html: string
  css: string
  js: string
}

let template: Template | undefined

/**
 * The page for a run's results and events. It loads nothing, and a Content-Security-Policy with the hashes of our own script and
 * style keeps it so: what a learner's program logged can neither run nor reach out. Time axis: milliseconds since the run's start.
 * @example evidence.writeFile('timeline.html', renderTimeline(results, readEvents(evidence.dir)))
 */
export function renderTimeline(results: Results, events: EventsRead | readonly TimelineEvent[]): string {
  template ??= readTemplate()
  const read: EventsRead = 'events' in events ? events : { events: [...events], leftOut: 0, damaged: 0 }
  const { html, css, js } = template
  const parts: Record<string, string> = {
    TITLE: escapeHtml(`Lab ${results.lab} ${results.title}: timeline`),
    CSP: `default-src 'none'; style-src 'sha256-${sha256(css)}'; script-src 'sha256-${sha256(js)}'; base-uri 'none'; form-action 'none'`,
    CSS: css,
    DATA: escapeJson(JSON.stringify(encode(results, read))),
    JS: js,
  }
  return html.replace(
    /\s*\/\*__(\w+)__\*\/\s*|__(?!DATA)(\w+)__|"__DATA__"/g,
    (_, inCode?: string, inText?: string) => parts[inCode ?? inText ?? 'DATA']!,
  )
}

/** Each part is a module for editors, linter and tests; on the page they are one script, so their imports and exports go. */
function readTemplate(): Template {
  const page = (name: string): string => readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8')
  const parts = SCRIPTS.map(name =>
    page(name)
      .replace(/^import .*\n/gm, '')
      .replace(/^export /gm, ''),
  )
  return { html: page('timeline.html'), css: page('timeline.css'), js: `'use strict';(() => {\n${parts.join('\n')}\nstart()\n})()` }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64')

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, char => `&#${char.charCodeAt(0)};`)

/** Inside a script element only `<` could end it or open a comment (HTML 13.2.5.4); U+2028 and U+2029 are for older parsers. */
const escapeJson = (json: string): string => json.replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
