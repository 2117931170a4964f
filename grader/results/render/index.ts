/** Every view of results.json that is text. A new view is a file and a line here. */
import type { Results } from '../types.ts'
import { csv } from './csv.ts'
import { github } from './github.ts'
import { junit } from './junit.ts'
import type { RenderOptions } from './options.ts'
import { terminal } from './terminal.ts'

export const renderers = { terminal, junit, csv, github } as const satisfies Record<
  string,
  (results: Results, options?: RenderOptions) => string
>

export type RendererName = keyof typeof renderers
export type { RenderOptions } from './options.ts'
