/** Who gets what, in which order. A topic is a room or an inbox with members on this node. */
import type { Metrics } from './metrics.ts'
import { type Entry, nameOf, type Store } from './store.ts'
import type { Message, Outgoing, Stream } from './types.ts'

/** What a topic needs of a connection. */
export interface Receiver {
  /** It has enough to read: catching up waits. */
  readonly busy: boolean
  send(frame: Outgoing): void
}

/** A receiver's place in a topic. */
interface Member {
  receiver: Receiver
  /** Highest seq it was given; undefined until the store has said where the topic is. */
  cursor: number | undefined
  /** Gets messages as they come. While it catches up from the log it does not, or it would get them out of order. */
  live: boolean
  /** Told to the client once. */
  joined: ((seq: number | null, gap: boolean) => void) | undefined
}

interface Topic {
  stream: Stream
  members: Map<Receiver, Member>
  /** Highest seq given to live members; undefined until known. */
  position: number | undefined
  opening: Promise<void> | undefined
  reading: boolean
  /** The log has grown while it was read. */
  again: boolean
  /** Heard before its turn: seq to message. */
  early: Map<number, string>
}

/** Bytes of a page of the log; entries of the first page, and at most: an entry may be as large as a frame. */
const [PAGE_BYTES, PAGE_FIRST, PAGE_MOST] = [256 * 1024, 16, 512]
/** Entries kept that were heard before their turn; with more, the log is read instead. */
const MOST_EARLY = 1024
/** Milliseconds between two looks at a busy receiver, and until a failed read is tried again. */
const [PACE, RETRY] = [5, 250]

/** The frame of an entry. Its JSON is an object already: only the head is put before it. */
const frameOf = (stream: Stream, seq: number | null, raw: string): Outgoing => {
  const head = 'room' in stream ? `"room":"${stream.room}"` : `"to":"${stream.to}"`
  return { text: `{"t":"msg",${head},"seq":${seq},${raw.slice(1)}` }
}

/** How many entries to read next, when the last page was this one. */
const nextPage = (page: Entry[]): number => {
  const bytes = page.reduce((sum, entry) => sum + entry.raw.length, 0)
  return bytes === 0 ? PAGE_FIRST : Math.max(PAGE_FIRST, Math.min(PAGE_MOST, Math.floor((PAGE_BYTES * page.length) / bytes)))
}

const newTopic = (stream: Stream): Topic => ({
  stream,
  members: new Map(),
  position: undefined,
  opening: undefined,
  reading: false,
  again: false,
  early: new Map(),
})

/** Topics of this node. The log in the store is the truth; publications only say that it has grown. */
export class Hub {
  private readonly topics = new Map<string, Topic>()
  private readonly store: Store
  private readonly metrics: Metrics

  constructor(store: Store, metrics: Metrics) {
    this.store = store
    this.metrics = metrics
    store.onResync(() => {
      for (const topic of this.topics.values()) void this.resync(topic)
    })
  }

  /**
   * Add a receiver to a stream.
   * @param after send what came after this seq first; absent: from now on
   * @param joined told before the first message; seq is null when the store does not say
   * Resolves when it was told; catching up goes on by itself. Never rejects.
   */
  async join(stream: Stream, receiver: Receiver, after?: number, joined?: (seq: number | null, gap: boolean) => void): Promise<void> {
    const name = nameOf(stream)
    const topic = this.topics.get(name) ?? newTopic(stream)
    this.topics.set(name, topic)
    const member: Member = { receiver, cursor: after, live: false, joined }
    topic.members.set(receiver, member)
    try {
      await this.place(topic, member)
    } catch {
      member.joined?.(null, false)
      member.joined = undefined
      return
    }
    void this.catchUp(topic, member)
  }

  leave(stream: Stream, receiver: Receiver): void {
    const name = nameOf(stream)
    const topic = this.topics.get(name)
    if (!topic?.members.delete(receiver) || topic.members.size > 0) return
    this.topics.delete(name)
    this.store.unsubscribe(stream)
  }

  /** Store a message and give it to the members; when the store is down, to those on this node. */
  async send(stream: Stream, message: Message): Promise<{ seq: number | null; first: boolean }> {
    try {
      const { seq, raw, first } = await this.store.append(stream, message)
      const topic = this.topics.get(nameOf(stream))
      if (topic) this.arrived(topic, { seq, raw })
      return { seq, first }
    } catch {
      const frame = frameOf(stream, null, JSON.stringify(message))
      for (const member of this.topics.get(nameOf(stream))?.members.values() ?? []) this.give(member, frame)
      return { seq: null, first: true }
    }
  }

  /** Subscribe, then look where the log ends: what comes between is heard or seen, maybe both. */
  private open(topic: Topic): Promise<void> {
    topic.opening ??= (async () => {
      try {
        await this.store.subscribe(topic.stream, entry => this.arrived(topic, entry))
        topic.position = (await this.store.bounds(topic.stream)).newest
      } finally {
        topic.opening = undefined
      }
    })()
    return topic.opening
  }

  /** First where the member begins, then the topic: when that cannot be opened yet, the log from there on is not lost on the member. */
  private async place(topic: Topic, member: Member): Promise<void> {
    const { oldest, newest } = await this.store.bounds(topic.stream)
    const after = member.cursor
    member.cursor ??= newest
    // After a lost log even a full one proves nothing: its numbers start above `after`.
    const gap = after !== undefined && after > 0 && oldest > newest
    member.joined?.(newest, gap)
    member.joined = undefined
    if (topic.position === undefined) await this.open(topic)
  }

  private give(member: Member, frame: Outgoing, seq?: number): void {
    if (seq !== undefined) {
      if (member.cursor === undefined || seq <= member.cursor) return
      member.cursor = seq
    }
    member.receiver.send(frame)
    this.metrics.delivered()
  }

  /** The next message goes to the live members. A later one waits for its turn, and the log is asked for what is before it. */
  private arrived(topic: Topic, { seq, raw }: Entry): void {
    if (topic.position === undefined || seq <= topic.position) return
    if (seq === topic.position + 1) return void this.advance(topic, seq, raw)
    if (topic.early.size < MOST_EARLY) topic.early.set(seq, raw)
    void this.readOn(topic)
  }

  /** To this message, and on through those that were heard early. */
  private advance(topic: Topic, seq: number, raw: string | undefined): void {
    for (let next = raw; next !== undefined; next = topic.early.get(++seq)) {
      topic.position = seq
      topic.early.delete(seq)
      const frame = frameOf(topic.stream, seq, next)
      for (const member of topic.members.values()) if (member.live) this.give(member, frame, seq)
    }
  }

  /** Give the live members what the log has after the topic's position. */
  private async readOn(topic: Topic): Promise<void> {
    topic.again = true
    if (topic.reading || topic.position === undefined) return
    topic.reading = true
    try {
      for (let page: Entry[] = []; topic.again || page.length > 0; ) {
        topic.again = false
        page = await this.store.read(topic.stream, topic.position, nextPage(page))
        for (const { seq, raw } of page) if (seq > topic.position) this.advance(topic, seq, raw)
      }
    } catch {
      this.later(() => this.readOn(topic))
    } finally {
      topic.reading = false
      topic.early.clear() // given, or still in the log
    }
  }

  /** From the log until it has what the live members have, then live: no await between the comparison and the switch, so nothing falls between. */
  private async catchUp(topic: Topic, member: Member): Promise<void> {
    const there = () => topic.members.get(member.receiver) === member
    try {
      for (let page: Entry[] = []; there() && !member.live; ) {
        const before = topic.position ?? 0
        page = await this.store.read(topic.stream, member.cursor!, nextPage(page))
        for (const { seq, raw } of page) {
          while (there() && member.receiver.busy) await new Promise(resolve => setTimeout(resolve, PACE))
          if (there()) this.give(member, frameOf(topic.stream, seq, raw), seq)
        }
        // What was there before the read and is not in the log is gone: trimmed, or lost with the store.
        if (page.length === 0) member.cursor = Math.max(member.cursor!, before)
        if (topic.position !== undefined && member.cursor! >= topic.position) member.live = true
      }
    } catch {
      this.later(() => there() && this.catchUp(topic, member))
    }
  }

  /** While the store is up, a read that failed is tried again; when it is down, `resync` does it. */
  private later(work: () => unknown): void {
    if (this.store.up) setTimeout(work, RETRY)
  }

  /** Publications may have been missed. */
  private async resync(topic: Topic): Promise<void> {
    try {
      // Those who joined without the store begin here: asked for before anything that a client sends when it hears of the store.
      await Promise.all([...topic.members.values()].filter(member => member.cursor === undefined).map(member => this.place(topic, member)))
      if (topic.position === undefined) await this.open(topic)
      await this.readOn(topic)
      for (const member of topic.members.values()) if (!member.live) void this.catchUp(topic, member)
    } catch {
      // A link is down again: the next resync tries again.
    }
  }
}
