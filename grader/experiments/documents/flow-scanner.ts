/** The words of one Mermaid flowchart statement: nodes in their shapes, links with their texts. */

/** A link between two nodes. */
export interface Link {
  forward: boolean
  backward: boolean
  /** `~~~`: only moves things. */
  hidden: boolean
  label: string
}

/** Shapes by what opens them, longest first, and what closes them. */
const SHAPES: [string, string[]][] = [
  ['(((', [')))']],
  ['([', ['])']],
  ['[[', [']]']],
  ['[(', [')]']],
  ['((', ['))']],
  ['{{', ['}}']],
  ['[/', ['/]', '\\]']],
  ['[\\', ['\\]', '/]']],
  ['>', [']']],
  ['[', [']']],
  ['(', [')']],
  ['{', ['}']],
]
const ID = /^[\p{L}\p{N}_]+(?:[.:/][\p{L}\p{N}_]+|-(?![-.])[\p{L}\p{N}_]+)*/u
/** `-->`, `---`, `-.->`, `==>`, `<-->`, `--o`, `x--x`, any length. A head of o or x must not be the next node's first letter. */
const WHOLE = /^(<|[ox](?=--|==|-\.))?(?:-{2,}|={2,}|-\.+-)(>|[ox](?=\s|\||$)|-|=)?/
/** `-- text -->`, `-. text .->`, `== text ==>`. */
const WITH_TEXT = /^(<|[ox](?=--|==|-\.))?(?:--\s+(.+?)\s*-{2,}|==\s+(.+?)\s*={2,}|-\.\s+(.+?)\s*\.+-)(>|[ox](?=\s|$))?/

/** Reads a statement from left to right; `fail` says why it cannot go on. */
export class FlowScanner {
  private rest: string
  private readonly fail: (reason: string) => never

  constructor(text: string, fail: (reason: string) => never) {
    this.rest = text.trim()
    this.fail = fail
  }

  get atEnd(): boolean {
    return this.rest === ''
  }

  /** `id`, `id[label]`, `id@{ shape: x, label: "y" }`, each with `:::class`. */
  node(): { id: string; label: string | undefined } {
    const [id] = ID.exec(this.rest) ?? []
    if (id === undefined) return this.fail(this.atEnd ? 'a link leads nowhere' : `a node is expected at "${this.rest.slice(0, 30)}"`)
    this.take(id.length, false)
    const label = this.rest.startsWith('@{') ? this.attributes() : this.shape()
    const [className] = /^:::[\w-]+/.exec(this.rest) ?? ['']
    this.take(className.length)
    return { id, label }
  }

  /** True when a further node of the same step follows. */
  ampersand(): boolean {
    if (!this.rest.startsWith('&')) return false
    this.take(1)
    return true
  }

  /** The link to the next step. */
  link(): Link {
    if (/^~{3,}/.test(this.rest)) {
      this.take(/^~+/.exec(this.rest)![0].length)
      return { forward: false, backward: false, hidden: true, label: '' }
    }
    const text = WITH_TEXT.exec(this.rest)
    if (text) {
      this.take(text[0].length)
      return { forward: Boolean(text[5]), backward: Boolean(text[1]), hidden: false, label: unquoted(text[2] ?? text[3] ?? text[4] ?? '') }
    }
    const whole = WHOLE.exec(this.rest)
    if (!whole) return this.fail(`a link such as \`-->\` is expected at "${this.rest.slice(0, 30)}"`)
    this.take(whole[0].length)
    const [pipe, label = ''] = /^\|([^|]*)\|/.exec(this.rest) ?? ['']
    this.take(pipe.length)
    return { forward: /[>ox]/.test(whole[2] ?? ''), backward: Boolean(whole[1]), hidden: false, label: unquoted(label) }
  }

  private shape(): string | undefined {
    const [open, closes] = SHAPES.find(([start]) => this.rest.startsWith(start)) ?? []
    if (!open) {
      this.rest = this.rest.trimStart()
      return undefined
    }
    const quote = /^\s*"([^"]*)"\s*/.exec(this.rest.slice(open.length))
    const from = open.length + (quote ? quote[0].length : 0)
    const ends = closes!.map(close => ({ close, at: this.rest.indexOf(close, from) })).filter(({ at }) => at !== -1)
    const end = ends.sort((a, b) => a.at - b.at)[0]
    if (!end) return this.fail(`the shape that "${open}" opens is not closed`)
    const label = quote ? quote[1]! : this.rest.slice(open.length, end.at)
    this.take(end.at + end.close.length)
    return readable(label)
  }

  private attributes(): string | undefined {
    const end = this.rest.indexOf('}')
    if (end === -1) return this.fail('"@{" is not closed')
    const label = /label:\s*(?:"([^"]*)"|([^,}]+))/.exec(this.rest.slice(0, end))
    this.take(end + 1)
    return label ? readable(label[1] ?? label[2]!) : undefined
  }

  private take(count: number, trim = true): void {
    this.rest = trim ? this.rest.slice(count).trimStart() : this.rest.slice(count)
  }
}

const unquoted = (text: string): string => readable(text.trim().replace(/^"(.*)"$/, '$1'))
/** A line break in a label separates words. */
const readable = (label: string): string =>
  label
    .replace(/<br\s*\/?>|\\n/gi, ' ')
    .replace(/<\/?[a-z][^>]*>/gi, '')
    .replace(/\s+/g, ' ')
    .trim()
