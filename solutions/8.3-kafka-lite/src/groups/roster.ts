import { KafkaError } from '../protocol/errors.ts'
import type { Joiner, Member } from './member.ts'

/** Who belongs to a group: members by id, static members by instance id, and ids that were given out but have not come back (KIP-394). */
export class Roster {
  readonly members = new Map<string, Member>()
  readonly #instances = new Map<string, string>()
  readonly #pending = new Map<string, NodeJS.Timeout>()

  /** Members and pending ids together: what the size limit counts. */
  get size(): number {
    return this.members.size + this.#pending.size
  }
  get hasPending(): boolean {
    return this.#pending.size > 0
  }
  all(): Member[] {
    return [...this.members.values()]
  }

  /** The member under its present id. @throws KafkaError UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID when another took its place */
  known(memberId: string, instanceId: string | null): Member {
    if (instanceId !== null) {
      const current = this.#instances.get(instanceId)
      if (current === undefined) throw new KafkaError('UNKNOWN_MEMBER_ID')
      if (current !== memberId) throw new KafkaError('FENCED_INSTANCE_ID')
    }
    const member = this.members.get(memberId)
    if (!member) throw new KafkaError('UNKNOWN_MEMBER_ID')
    return member
  }

  /** The member behind a static instance id. */
  byInstance(instanceId: string | null): Member | undefined {
    return instanceId === null ? undefined : this.members.get(this.#instances.get(instanceId) ?? '')
  }

  add(member: Member): void {
    this.members.set(member.id, member)
    if (member.instanceId !== null) this.#instances.set(member.instanceId, member.id)
  }

  remove(member: Member): void {
    this.members.delete(member.id)
    if (member.instanceId !== null && this.#instances.get(member.instanceId) === member.id) this.#instances.delete(member.instanceId)
  }

  /** Gives a static member a new id: whoever still uses the old one is fenced. */
  rename(member: Member, id: string): void {
    this.remove(member)
    member.id = id
    this.add(member)
  }

  /** Remembers an id that was given out; `forgotten` is called if it does not come back in time. */
  expect(id: string, ms: number, forgotten: () => void): void {
    const forget = () => {
      this.#pending.delete(id)
      forgotten()
    }
    this.#pending.set(id, setTimeout(forget, ms))
  }

  /** True when this id was given out and is now taken up or given back. */
  takeExpected(id: string): boolean {
    clearTimeout(this.#pending.get(id))
    return this.#pending.delete(id)
  }

  /** True when all members could work together with this one: the same type, and at least one protocol that all can do. */
  accepts(joiner: Joiner, protocolType: string | null): boolean {
    if (joiner.protocols.length === 0 || joiner.protocolType === '') return false
    if (this.members.size === 0) return true
    if (protocolType !== joiner.protocolType) return false
    const itself = (m: Member) => m.id === joiner.memberId || (m.instanceId !== null && m.instanceId === joiner.groupInstanceId)
    const others = this.all().filter(m => !itself(m))
    return joiner.protocols.some(p => others.every(m => m.offersProtocol(p.name)))
  }

  /** The protocol that most members like best, among those that all can do. */
  vote(): string {
    const all = this.all()
    const votes = new Map<string, number>()
    for (const member of all) {
      const choice = member.protocols.find(p => all.every(m => m.offersProtocol(p.name)))
      if (choice) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1)
    }
    return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? all[0]!.protocols[0]!.name
  }

  /** How long a rebalance may wait: as long as its slowest member asks for. */
  get rebalanceTimeoutMs(): number {
    return Math.max(0, ...this.all().map(m => m.rebalanceTimeoutMs))
  }

  /** Ends all timers. */
  close(): void {
    for (const timer of this.#pending.values()) clearTimeout(timer)
    for (const member of this.members.values()) member.pause()
  }
}
