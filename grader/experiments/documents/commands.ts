/** The commands that a document tells its reader to type, in order, each with its line. */
import { CodedError } from '../../errors/coded-error.ts'
import { blocksUnder, type MarkdownDocument } from './document.ts'

/** One command as it is typed; further lines of it (after a backslash, of a here document) belong to it. */
export interface FencedCommand {
  line: number
  text: string
}

const SHELL = ['sh', 'bash', 'shell', 'console', 'zsh']
/** In these, lines after a prompt are typed and the others are what came of it. */
const WITH_PROMPT = ['console']
const AT_MOST = 100

/**
 * All commands in the fences of a shell language (sh, bash, shell; console with `$ ` before each). Blank lines and comments are left out.
 * @param options.under only below this heading
 * @throws CodedError MR-E-150 when there are none, MR-E-151 when one does not end in its fence, MR-E-155 above 100
 */
export function readCommands(document: MarkdownDocument, options: { under?: string } = {}): FencedCommand[] {
  const { file } = document
  const found = (blocksUnder(document, options.under) ?? []).flatMap(block =>
    block.type === 'fence' && SHELL.includes(block.language) ? commandsIn(file, block) : [],
  )
  const where = options.under ? ` under the heading "${options.under}"` : ''
  if (found.length === 0) throw new CodedError('MR-E-150', { file, what: 'fence of commands (```sh)', where })
  if (found.length > AT_MOST) throw new CodedError('MR-E-155', { file, line: found[AT_MOST]!.line, limit: `${AT_MOST} commands` })
  return found
}

function commandsIn(file: string, { line, language, text }: { line: number; language: string; text: string }): FencedCommand[] {
  const lines = text.replace(/\n$/, '').split('\n')
  const commands: FencedCommand[] = []
  let open: FencedCommand | undefined
  for (const [n, raw] of lines.entries()) {
    if (open) open.text += `\n${raw}`
    else {
      const prompted = /^\s*[$%#] (.*)$/.exec(raw)
      if (WITH_PROMPT.includes(language) && !prompted) continue
      const typed = WITH_PROMPT.includes(language) ? prompted![1]! : raw
      if (/^\s*(#|$)/.test(typed)) continue
      open = { line: line + n, text: typed }
    }
    if (isWhole(open.text)) {
      commands.push(open)
      open = undefined
    }
  }
  if (open) throw new CodedError('MR-E-151', { file, line: open.line, reason: 'the command goes on behind the end of its fence' })
  return commands
}

/** Quotes closed, no backslash, pipe or `&&` at its end, and the here document that it begins has come to its word. */
function isWhole(text: string): boolean {
  let quote = ''
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (char === '\\' && quote !== "'") i++
    else if (quote === '' && (char === '"' || char === "'")) quote = char
    else if (char === quote) quote = ''
  }
  if (quote !== '') return false
  const here = /<<-?\s*(['"]?)(\w+)\1/.exec(text)
  if (here)
    return text
      .split('\n')
      .slice(1)
      .some(line => line.trim() === here[2])
  return !/(\\|&&|\|)\s*$/.test(text)
}
