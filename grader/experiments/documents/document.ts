/** A Markdown document as a list of blocks with their lines, by markdown-it's tokens: what is in a fence or a comment is never taken for a heading. */
import MarkdownIt, { type Token } from 'markdown-it'

/** A block that instruments look at. Lines are those of the file, from 1. */
export type Block =
  | { type: 'heading'; line: number; level: number; text: string }
  /** `line` is the first line inside of the fence. */
  | { type: 'fence'; line: number; language: string; text: string }
  | { type: 'table'; line: number; header: string[]; rows: { line: number; cells: string[] }[] }

/** A parsed document. `file` is its name for messages. */
export interface MarkdownDocument {
  file: string
  blocks: Block[]
}

/**
 * Parses a document. Text in cells and headings is what a reader sees: without emphasis, with the content of code spans.
 * @example const page = parseMarkdown('NETWORK.md', await learner.read('NETWORK.md'))
 */
export function parseMarkdown(file: string, text: string): MarkdownDocument {
  const tokens = new MarkdownIt().parse(text, {})
  const blocks: Block[] = []
  let table: Extract<Block, { type: 'table' }> | undefined
  for (const [n, token] of tokens.entries()) {
    const line = (token.map?.[0] ?? 0) + 1
    if (token.type === 'heading_open') blocks.push({ type: 'heading', line, level: Number(token.tag.slice(1)), text: plain(tokens[n + 1]) })
    else if (token.type === 'fence')
      blocks.push({ type: 'fence', line: line + 1, language: token.info.trim().split(/\s+/)[0]!.toLowerCase(), text: token.content })
    else if (token.type === 'table_open') blocks.push((table = { type: 'table', line, header: [], rows: [] }))
    else if (token.type === 'th_open') table!.header.push(plain(tokens[n + 1]))
    else if (token.type === 'tr_open' && table!.header.length > 0) table!.rows.push({ line, cells: [] })
    else if (token.type === 'td_open') table!.rows.at(-1)!.cells.push(plain(tokens[n + 1]))
  }
  return { file, blocks }
}

/**
 * The blocks below a heading, until the next heading of its level or a higher one; all blocks without a heading.
 * @param heading compared without case and blanks around it
 * @returns undefined when there is no such heading
 */
export function blocksUnder({ blocks }: MarkdownDocument, heading: string | undefined): Block[] | undefined {
  if (heading === undefined) return blocks
  const start = blocks.findIndex(block => block.type === 'heading' && fold(block.text) === fold(heading))
  if (start === -1) return undefined
  const { level } = blocks[start] as Extract<Block, { type: 'heading' }>
  const rest = blocks.slice(start + 1)
  const end = rest.findIndex(block => block.type === 'heading' && block.level <= level)
  return end === -1 ? rest : rest.slice(0, end)
}

/** Text as it is compared: without case, blanks and typographic differences. */
export const fold = (text: string): string => text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()

function plain(inline: Token | undefined): string {
  const parts = inline?.children?.map(child => {
    if (child.type === 'text' || child.type === 'code_inline') return child.content
    return child.type === 'softbreak' || child.type === 'hardbreak' ? ' ' : ''
  })
  return (parts ?? []).join('').trim()
}
