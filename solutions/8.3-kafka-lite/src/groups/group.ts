import { randomUUID } from 'node:crypto'
import { ERRORS, KafkaError } from '../protocol/errors.ts'
import type { StoredGroup } from './group-records.ts'
import { type Joiner, type JoinResult, Member, type SyncResult } from './member.ts'
import { OffsetTable } from './offset-table.ts'

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

/** What a group needs from its surroundings. */
export interface GroupHost {
  /** Writes the generation to the internal topic; resolves when it is committed. */
  persist(group: Group): Promise<void>
  initialRebalanceDelayMs: number
  maxSize: number
  /** Told how long a rebalance took (ms). */
  rebalanced(ms: number): void
}

/**
 * A consumer group under the classic protocol:
 *
 *     Empty ─join─► PreparingRebalance ─all joined, or timeout─► CompletingRebalance ─leader synced─► Stable
 *                        ▲                                              │ join, leave, expiry            │
 *                        └──────────────────────────────────────────────┴────────────────────────────────┘
 *
 * Each pass through CompletingRebalance is a generation; a request that names an older one is refused.
 * Source: KIP-62, KIP-345 (static members), KIP-394 (member id before joining).
 */
export class Group {
  readonly id: string
  readonly #host: GroupHost
  state: GroupState = 'Empty'
  generation = 0
  protocolType: string | null = null
  protocol: string | null = null
  leader: string | null = null
  /** When it last became empty (ms): offsets of empty groups expire. */
  emptySince = Date.now()
  readonly members = new Map<string, Member>()
  readonly #instances = new Map<string, string>()
  /** Ids given out by KIP-394 that have not come back yet. */
  readonly #pending = new Map<string, NodeJS.Timeout>()
  readonly offsets = new OffsetTable()
  #rebalanceTimer: NodeJS.Timeout | null = null
  #rebalanceStarted = 0
  #newMemberAdded = false

  constructor(id: string, host: GroupHost) {
    this.id = id
    this.#host = host
  }

  /** Enters or re-enters; resolves when the generation is complete. */
  join(joiner: Joiner): Promise<JoinResult> {
    return new Promise((resolve, reject) => {
      try {
        this.#join(joiner, resolve)
      } catch (error) {
        reject(error)
      }
    })
  }

  #join(joiner: Joiner, answer: (result: JoinResult) => void): void {
    if (this.state === 'Dead') throw new KafkaError('COORDINATOR_NOT_AVAILABLE')
    if (!this.#accepts(joiner)) throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL')
    if (joiner.memberId === '') return this.#joinNew(joiner, answer)
    const pending = this.#pending.get(joiner.memberId)
    if (pending) {
      clearTimeout(pending)
      this.#pending.delete(joiner.memberId)
      return this.#add(joiner.memberId, joiner, answer)
    }
    const member = this.#known(joiner.memberId, joiner.groupInstanceId)
    const changed = !member.offers(joiner.protocols)
    const lostAnswer = this.state === 'CompletingRebalance' && !changed
    const followerAgain = this.state === 'Stable' && !changed && member.id !== this.leader
    if (lostAnswer || followerAgain) return answer(this.#joinResult(member))
    this.#rejoin(member, joiner, answer)
  }

  #joinNew(joiner: Joiner, answer: (result: JoinResult) => void): void {
    const existing = joiner.groupInstanceId === null ? undefined : this.#instances.get(joiner.groupInstanceId)
    if (existing) return this.#replaceStatic(this.members.get(existing)!, joiner, answer)
    if (this.members.size + this.#pending.size >= this.#host.maxSize) throw new KafkaError('GROUP_MAX_SIZE_REACHED')
    const id = `${joiner.groupInstanceId ?? joiner.clientId}-${randomUUID()}`
    if (!joiner.needsKnownId || joiner.groupInstanceId !== null) return this.#add(id, joiner, answer)
    const forget = () => {
      this.#pending.delete(id)
      this.#completeIfAllJoined()
    }
    this.#pending.set(id, setTimeout(forget, joiner.sessionTimeoutMs))
    answer({ ...NO_JOIN, errorCode: ERRORS.MEMBER_ID_REQUIRED, memberId: id })
  }

  /** A static member that comes back gets a new id; the old id is fenced. Nothing moves if it offers what it offered before. */
  #replaceStatic(member: Member, joiner: Joiner, answer: (result: JoinResult) => void): void {
    this.#fence(member)
    this.members.delete(member.id)
    const wasLeader = this.leader === member.id
    const unchanged = member
      .metadataFor(this.protocol)
      .equals(joiner.protocols.find(p => p.name === this.protocol)?.metadata ?? Buffer.alloc(1))
    member.id = `${joiner.groupInstanceId}-${randomUUID()}`
    this.members.set(member.id, member)
    this.#instances.set(joiner.groupInstanceId!, member.id)
    if (wasLeader) this.leader = member.id
    if (this.state === 'Stable' && unchanged) {
      member.update(joiner)
      this.#renew(member)
      void this.#host.persist(this)
      return answer({ ...this.#joinResult(member), skipAssignment: wasLeader })
    }
    this.#rejoin(member, joiner, answer)
  }

  #fence(member: Member): void {
    member.pause()
    member.joining?.({ ...NO_JOIN, errorCode: ERRORS.FENCED_INSTANCE_ID, memberId: member.id })
    member.syncing?.({ ...NO_SYNC, errorCode: ERRORS.FENCED_INSTANCE_ID })
    member.joining = member.syncing = null
  }

  #accepts(joiner: Joiner): boolean {
    if (joiner.protocols.length === 0 || joiner.protocolType === '') return false
    if (this.members.size === 0) return true
    if (this.protocolType !== joiner.protocolType) return false
    const others = [...this.members.values()].filter(m => m.id !== joiner.memberId && m.instanceId !== (joiner.groupInstanceId ?? m.id))
    return joiner.protocols.some(p => others.every(m => m.protocols.some(o => o.name === p.name)))
  }

  #add(id: string, joiner: Joiner, answer: (result: JoinResult) => void): void {
    const member = new Member(id, joiner)
    this.protocolType = joiner.protocolType
    this.members.set(id, member)
    if (joiner.groupInstanceId !== null) this.#instances.set(joiner.groupInstanceId, id)
    this.leader ??= id
    this.#newMemberAdded = true
    member.joining = answer
    this.#prepare()
  }

  #rejoin(member: Member, joiner: Joiner, answer: (result: JoinResult) => void): void {
    member.update(joiner)
    member.joining = answer
    member.pause()
    this.#prepare()
  }

  /** Starts a rebalance, or goes on with the one under way. */
  #prepare(): void {
    if (this.state !== 'PreparingRebalance') {
      const fromEmpty = this.state === 'Empty'
      for (const member of this.members.values()) {
        member.syncing?.({ ...NO_SYNC, errorCode: ERRORS.REBALANCE_IN_PROGRESS })
        if (member.syncing) this.#renew(member)
        member.syncing = null
      }
      this.state = 'PreparingRebalance'
      this.#rebalanceStarted = Date.now()
      const delay = this.#host.initialRebalanceDelayMs
      if (fromEmpty && delay > 0) return this.#waitForMore(delay, this.#rebalanceTimeout())
      this.#setTimer(() => this.#complete(), this.#rebalanceTimeout())
    }
    this.#completeIfAllJoined()
  }

  /** A new group waits a little, so that members started together share one rebalance; longer while more keep coming. */
  #waitForMore(delay: number, left: number): void {
    this.#newMemberAdded = false
    this.#delaying = true
    const wait = Math.min(delay, left)
    this.#setTimer(() => {
      this.#delaying = false
      if (this.#newMemberAdded && left > wait) return this.#waitForMore(delay, left - wait)
      this.#setTimer(() => this.#complete(), this.#rebalanceTimeout())
      this.#completeIfAllJoined()
    }, wait)
  }
  #delaying = false

  #rebalanceTimeout(): number {
    return Math.max(0, ...[...this.members.values()].map(m => m.rebalanceTimeoutMs))
  }

  #setTimer(action: () => void, ms: number): void {
    if (this.#rebalanceTimer) clearTimeout(this.#rebalanceTimer)
    this.#rebalanceTimer = setTimeout(action, ms)
  }

  #completeIfAllJoined(): void {
    if (this.state !== 'PreparingRebalance' || this.#delaying || this.#pending.size > 0) return
    if ([...this.members.values()].every(m => m.joining)) this.#complete()
  }

  /** All are here, or time is up: who has not rejoined is out (static members stay until their session ends). */
  #complete(): void {
    if (this.#rebalanceTimer) clearTimeout(this.#rebalanceTimer)
    this.#rebalanceTimer = null
    for (const member of [...this.members.values()]) if (!member.joining && member.instanceId === null) this.#remove(member)
    this.generation++
    if (this.members.size === 0) return this.#becomeEmpty()
    const joined = [...this.members.values()].filter(m => m.joining)
    if (joined.length === 0) return this.#setTimer(() => this.#complete(), this.#rebalanceTimeout())
    if (!joined.some(m => m.id === this.leader)) this.leader = joined[0]!.id
    this.protocol = this.#vote()
    this.state = 'CompletingRebalance'
    for (const member of this.members.values()) member.synced = false
    for (const member of joined) {
      const answer = member.joining!
      member.joining = null
      this.#renew(member)
      answer(this.#joinResult(member))
    }
    this.#setTimer(() => this.#dropUnsynced(), this.#rebalanceTimeout())
  }

  #becomeEmpty(): void {
    this.state = 'Empty'
    this.leader = this.protocol = null
    this.emptySince = Date.now()
    void this.#host.persist(this)
  }

  /** Who does not fetch its assignment in time is out, or a dead leader would hold everybody. */
  #dropUnsynced(): void {
    if (this.state !== 'CompletingRebalance') return
    const silent = [...this.members.values()].filter(m => !m.synced)
    for (const member of silent) this.#remove(member)
    this.#prepare()
  }

  /** The protocol that most members like best, among those that all can do. */
  #vote(): string {
    const all = [...this.members.values()]
    const common = new Set(all[0]!.protocols.map(p => p.name).filter(name => all.every(m => m.protocols.some(p => p.name === name))))
    const votes = new Map<string, number>()
    for (const member of all) {
      const choice = member.protocols.find(p => common.has(p.name))
      if (choice) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1)
    }
    return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? all[0]!.protocols[0]!.name
  }

  #joinResult(member: Member): JoinResult {
    const isLeader = member.id === this.leader
    return {
      errorCode: 0,
      generationId: this.generation,
      protocolType: this.protocolType,
      protocolName: this.protocol,
      leader: this.leader ?? '',
      memberId: member.id,
      skipAssignment: false,
      members: isLeader
        ? [...this.members.values()].map(m => ({ memberId: m.id, groupInstanceId: m.instanceId, metadata: m.metadataFor(this.protocol) }))
        : [],
    }
  }

  /** A member's assignment; resolves when the leader has sent it and it is written down. @throws KafkaError */
  sync(
    memberId: string,
    instanceId: string | null,
    generation: number,
    protocol: { type: string | null; name: string | null },
    assignments: { memberId: string; assignment: Buffer }[],
  ): Promise<SyncResult> {
    const member = this.check(memberId, instanceId, generation)
    if ((protocol.type !== null && protocol.type !== this.protocolType) || (protocol.name !== null && protocol.name !== this.protocol)) {
      throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL')
    }
    if (this.state === 'PreparingRebalance') throw new KafkaError('REBALANCE_IN_PROGRESS')
    this.#renew(member)
    if (this.state === 'Stable') return Promise.resolve(this.#syncResult(member))
    member.synced = true
    return new Promise(resolve => {
      member.syncing = resolve
      member.pause()
      if (member.id === this.leader) void this.#assign(assignments)
    })
  }

  async #assign(assignments: { memberId: string; assignment: Buffer }[]): Promise<void> {
    const generation = this.generation
    // The request's buffer is not kept alive by a few bytes of assignment.
    for (const { memberId, assignment } of assignments) {
      const member = this.members.get(memberId)
      if (member) member.assignment = Buffer.from(assignment)
    }
    const named = new Set(assignments.map(a => a.memberId))
    for (const member of this.members.values()) if (!named.has(member.id)) member.assignment = Buffer.alloc(0)
    let errorCode = 0
    try {
      await this.#host.persist(this)
    } catch {
      errorCode = ERRORS.COORDINATOR_NOT_AVAILABLE
    }
    if (this.generation !== generation || this.state !== 'CompletingRebalance') return
    if (errorCode === 0) {
      this.state = 'Stable'
      if (this.#rebalanceTimer) clearTimeout(this.#rebalanceTimer)
      this.#host.rebalanced(Date.now() - this.#rebalanceStarted)
    }
    for (const member of this.members.values()) {
      member.syncing?.(errorCode ? { ...NO_SYNC, errorCode } : this.#syncResult(member))
      if (member.syncing) this.#renew(member)
      member.syncing = null
    }
    if (errorCode) this.#prepare()
  }

  #syncResult(member: Member): SyncResult {
    return { errorCode: 0, protocolType: this.protocolType, protocolName: this.protocol, assignment: member.assignment }
  }

  /** A sign of life. @throws KafkaError REBALANCE_IN_PROGRESS when the member must join again */
  heartbeat(memberId: string, instanceId: string | null, generation: number): void {
    const member = this.check(memberId, instanceId, generation)
    this.#renew(member)
    if (this.state === 'PreparingRebalance') throw new KafkaError('REBALANCE_IN_PROGRESS')
  }

  /** The member, if it belongs to this generation. @throws KafkaError UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION */
  check(memberId: string, instanceId: string | null, generation: number): Member {
    const member = this.#known(memberId, instanceId)
    if (generation !== this.generation) throw new KafkaError('ILLEGAL_GENERATION')
    return member
  }

  #known(memberId: string, instanceId: string | null): Member {
    if (instanceId !== null) {
      const current = this.#instances.get(instanceId)
      if (current === undefined) throw new KafkaError('UNKNOWN_MEMBER_ID')
      if (current !== memberId) throw new KafkaError('FENCED_INSTANCE_ID')
    }
    const member = this.members.get(memberId)
    if (!member) throw new KafkaError('UNKNOWN_MEMBER_ID')
    return member
  }

  /** Leaves at once. A static member is named by its instance id alone. @throws KafkaError */
  leave(memberId: string, instanceId: string | null): void {
    const pending = this.#pending.get(memberId)
    if (pending) {
      clearTimeout(pending)
      this.#pending.delete(memberId)
      return this.#completeIfAllJoined()
    }
    const id = memberId === '' && instanceId !== null ? (this.#instances.get(instanceId) ?? '') : memberId
    this.#removeAndRebalance(this.#known(id, instanceId))
  }

  #renew(member: Member): void {
    member.renew(() => this.#removeAndRebalance(member))
  }

  #remove(member: Member): void {
    member.pause()
    member.joining?.({ ...NO_JOIN, errorCode: ERRORS.UNKNOWN_MEMBER_ID, memberId: member.id })
    member.syncing?.({ ...NO_SYNC, errorCode: ERRORS.UNKNOWN_MEMBER_ID })
    member.joining = member.syncing = null
    this.members.delete(member.id)
    if (member.instanceId !== null && this.#instances.get(member.instanceId) === member.id) this.#instances.delete(member.instanceId)
    if (this.leader === member.id) this.leader = this.members.keys().next().value ?? null
  }

  #removeAndRebalance(member: Member): void {
    if (this.members.get(member.id) !== member) return
    this.#remove(member)
    if (this.state === 'Stable' || this.state === 'CompletingRebalance') this.#prepare()
    else this.#completeIfAllJoined()
  }

  /** Topics are not known to the broker: the classic protocol's subscriptions are the clients' own. */
  get isEmpty(): boolean {
    return this.members.size === 0
  }

  /** The generation in the form of the internal topic. */
  stored(): StoredGroup {
    return {
      protocolType: this.protocolType ?? '',
      generation: this.generation,
      protocol: this.protocol,
      leader: this.leader,
      currentStateTimestamp: Date.now(),
      members: [...this.members.values()].map(m => ({
        memberId: m.id,
        groupInstanceId: m.instanceId,
        clientId: m.clientId,
        clientHost: m.clientHost,
        rebalanceTimeout: m.rebalanceTimeoutMs,
        sessionTimeout: m.sessionTimeoutMs,
        subscription: m.metadataFor(this.protocol),
        assignment: m.assignment,
      })),
    }
  }

  /** Takes over a stored generation at start; its members have one session timeout to show up. */
  restore(value: StoredGroup): void {
    for (const member of this.members.values()) member.pause()
    this.members.clear()
    this.#instances.clear()
    this.protocolType = value.protocolType || null
    this.generation = value.generation
    this.protocol = value.protocol
    this.leader = value.leader
    this.state = value.members.length > 0 ? 'Stable' : 'Empty'
    this.emptySince = value.currentStateTimestamp
    for (const m of value.members) {
      const member = new Member(m.memberId, {
        groupInstanceId: m.groupInstanceId,
        clientId: m.clientId,
        clientHost: m.clientHost,
        sessionTimeoutMs: m.sessionTimeout,
        rebalanceTimeoutMs: m.rebalanceTimeout,
        protocols: [{ name: value.protocol ?? '', metadata: m.subscription }],
      })
      member.assignment = m.assignment
      this.members.set(member.id, member)
      if (member.instanceId !== null) this.#instances.set(member.instanceId, member.id)
    }
  }

  /** Starts the sessions of restored members. */
  startSessions(): void {
    for (const member of this.members.values()) this.#renew(member)
  }

  /** Ends all timers and answers who is being held. */
  close(): void {
    this.state = 'Dead'
    if (this.#rebalanceTimer) clearTimeout(this.#rebalanceTimer)
    for (const timer of this.#pending.values()) clearTimeout(timer)
    for (const member of this.members.values()) {
      member.pause()
      member.joining?.({ ...NO_JOIN, errorCode: ERRORS.NOT_COORDINATOR, memberId: member.id })
      member.syncing?.({ ...NO_SYNC, errorCode: ERRORS.NOT_COORDINATOR })
      member.joining = member.syncing = null
    }
  }
}

/** A join that did not happen. */
export const NO_JOIN: JoinResult = {
  errorCode: 0,
  generationId: -1,
  protocolType: null,
  protocolName: null,
  leader: '',
  memberId: '',
  skipAssignment: false,
  members: [],
}

/** A sync that did not happen. */
export const NO_SYNC: SyncResult = { errorCode: 0, protocolType: null, protocolName: null, assignment: Buffer.alloc(0) }
