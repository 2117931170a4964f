import { randomUUID } from 'node:crypto'
import { ERRORS, type ErrorName, KafkaError } from '../protocol/errors.ts'
import { type JoinResult, joinResult, NO_JOIN, type SyncResult, syncResult } from './answers.ts'
import type { GroupHost, GroupState } from './group-host.ts'
import type { StoredGroup } from './group-records.ts'
import { type Joiner, Member } from './member.ts'
import { OffsetTable } from './offset-table.ts'
import { RebalanceClock } from './rebalance-clock.ts'
import { Roster } from './roster.ts'

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
  readonly roster = new Roster()
  readonly offsets = new OffsetTable()
  state: GroupState = 'Empty'
  generation = 0
  protocolType: string | null = null
  protocol: string | null = null
  leader: string | null = null
  /** When it last became empty (ms): offsets of empty groups expire. */
  emptySince = Date.now()
  readonly #clock = new RebalanceClock()

  constructor(id: string, host: GroupHost) {
    this.id = id
    this.#host = host
  }

  get isEmpty(): boolean {
    return this.roster.members.size === 0
  }

  /** Enters or re-enters; resolves when the generation is complete. Rejects with KafkaError. */
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
    if (!this.roster.accepts(joiner, this.protocolType)) throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL')
    if (joiner.memberId === '') this.#joinNew(joiner, answer)
    else if (this.roster.takeExpected(joiner.memberId)) this.#add(joiner.memberId, joiner, answer)
    else this.#joinAgain(this.roster.known(joiner.memberId, joiner.groupInstanceId), joiner, answer)
  }

  #joinAgain(member: Member, joiner: Joiner, answer: (result: JoinResult) => void): void {
    const changed = !member.offers(joiner.protocols)
    const lostAnswer = this.state === 'CompletingRebalance' && !changed
    const followerAgain = this.state === 'Stable' && !changed && member.id !== this.leader
    if (lostAnswer || followerAgain) answer(joinResult(this, member))
    else this.#rejoin(member, joiner, answer)
  }

  #joinNew(joiner: Joiner, answer: (result: JoinResult) => void): void {
    const id = `${joiner.groupInstanceId ?? joiner.clientId}-${randomUUID()}`
    const existing = this.roster.byInstance(joiner.groupInstanceId)
    if (existing) {
      this.#replaceStatic(existing, id, joiner, answer)
      return
    }
    if (this.roster.size >= this.#host.maxSize) throw new KafkaError('GROUP_MAX_SIZE_REACHED')
    if (joiner.needsKnownId && joiner.groupInstanceId === null) {
      this.roster.expect(id, joiner.sessionTimeoutMs, () => this.#completeIfAllJoined())
      answer({ ...NO_JOIN, errorCode: ERRORS.MEMBER_ID_REQUIRED, memberId: id })
      return
    }
    this.#add(id, joiner, answer)
  }

  /** A static member that comes back gets a new id; the old id is fenced. Nothing moves if it offers what it offered before. */
  #replaceStatic(member: Member, id: string, joiner: Joiner, answer: (result: JoinResult) => void): void {
    member.refuse('FENCED_INSTANCE_ID')
    const wasLeader = this.leader === member.id
    const unchanged = member.offersProtocol(this.protocol) && member.sameFor(this.protocol, joiner.protocols)
    this.roster.rename(member, id)
    if (wasLeader) this.leader = id
    if (this.state !== 'Stable' || !unchanged) {
      this.#rejoin(member, joiner, answer)
      return
    }
    member.update(joiner)
    this.#renew(member)
    this.#persistSoon()
    answer({ ...joinResult(this, member), skipAssignment: wasLeader })
  }

  #add(id: string, joiner: Joiner, answer: (result: JoinResult) => void): void {
    const member = new Member(id, joiner)
    this.protocolType = joiner.protocolType
    this.roster.add(member)
    this.leader ??= id
    this.#clock.newcomer()
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
      const delay = this.state === 'Empty' ? this.#host.initialRebalanceDelayMs : 0
      for (const member of this.roster.all()) if (member.refuseSync('REBALANCE_IN_PROGRESS')) this.#renew(member)
      this.state = 'PreparingRebalance'
      this.#clock.start()
      if (delay > 0) this.#clock.gather(delay, this.roster.rebalanceTimeoutMs, () => this.#waitForAll())
      else this.#waitForAll()
      return
    }
    this.#completeIfAllJoined()
  }

  #waitForAll(): void {
    this.#clock.after(this.roster.rebalanceTimeoutMs, () => this.#complete())
    this.#completeIfAllJoined()
  }

  #completeIfAllJoined(): void {
    if (this.state !== 'PreparingRebalance' || this.#clock.gathering || this.roster.hasPending) return
    if (this.roster.all().every(m => m.joining)) this.#complete()
  }

  /** All are here, or time is up: who has not rejoined is out (static members stay until their session ends). */
  #complete(): void {
    this.#clock.stop()
    for (const member of this.roster.all()) if (!member.joining && member.instanceId === null) this.#remove(member)
    this.generation++
    if (this.isEmpty) {
      this.state = 'Empty'
      this.leader = this.protocol = null
      this.emptySince = Date.now()
      this.#persistSoon()
      return
    }
    const joined = this.roster.all().filter(m => m.joining)
    if (joined.length === 0) {
      this.#clock.after(this.roster.rebalanceTimeoutMs, () => this.#complete())
      return
    }
    if (!joined.some(m => m.id === this.leader)) this.leader = joined[0]!.id
    this.protocol = this.roster.vote()
    this.state = 'CompletingRebalance'
    for (const member of this.roster.all()) member.synced = false
    for (const member of joined) {
      this.#renew(member)
      member.answerJoin(joinResult(this, member))
    }
    this.#clock.after(this.roster.rebalanceTimeoutMs, () => this.#dropUnsynced())
  }

  /** Who does not ask for its assignment in time is out, or a dead leader would hold everybody. */
  #dropUnsynced(): void {
    if (this.state !== 'CompletingRebalance') return
    for (const member of this.roster.all()) if (!member.synced) this.#remove(member)
    this.#prepare()
  }

  /** A member's assignment; resolves when the leader has sent it and it is written down. @throws KafkaError */
  sync(
    member: Member,
    protocol: { type: string | null; name: string | null },
    assignments: { memberId: string; assignment: Buffer }[],
  ): Promise<SyncResult> {
    if ((protocol.type ?? this.protocolType) !== this.protocolType || (protocol.name ?? this.protocol) !== this.protocol) {
      throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL')
    }
    if (this.state === 'PreparingRebalance') throw new KafkaError('REBALANCE_IN_PROGRESS')
    this.#renew(member)
    if (this.state === 'Stable') return Promise.resolve(syncResult(this, member))
    member.synced = true
    return new Promise(resolve => {
      member.syncing = resolve
      member.pause()
      if (member.id === this.leader) void this.#assign(assignments)
    })
  }

  async #assign(assignments: { memberId: string; assignment: Buffer }[]): Promise<void> {
    const { generation } = this
    // The request's buffer is not kept alive by a few bytes of assignment.
    const given = new Map(assignments.map(a => [a.memberId, Buffer.from(a.assignment)]))
    for (const member of this.roster.all()) member.assignment = given.get(member.id) ?? Buffer.alloc(0)
    const written = await this.#host.persist(this).then(
      () => true,
      () => false,
    )
    if (this.generation !== generation || this.state !== 'CompletingRebalance') return
    if (!written) {
      for (const member of this.roster.all()) if (member.refuseSync('COORDINATOR_NOT_AVAILABLE')) this.#renew(member)
      this.#prepare()
      return
    }
    this.state = 'Stable'
    this.#clock.stop()
    this.#host.rebalanced(this.#clock.elapsedMs)
    for (const member of this.roster.all()) {
      if (member.syncing) this.#renew(member)
      member.answerSync(syncResult(this, member))
    }
  }

  /** A sign of life. @throws KafkaError REBALANCE_IN_PROGRESS when the member must join again */
  heartbeat(member: Member): void {
    this.#renew(member)
    if (this.state === 'PreparingRebalance') throw new KafkaError('REBALANCE_IN_PROGRESS')
  }

  /** The member, if it belongs to this generation. @throws KafkaError UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION */
  check(memberId: string, instanceId: string | null, generation: number): Member {
    const member = this.roster.known(memberId, instanceId)
    if (generation !== this.generation) throw new KafkaError('ILLEGAL_GENERATION')
    return member
  }

  /** Leaves at once. A static member may be named by its instance id alone. @throws KafkaError */
  leave(memberId: string, instanceId: string | null): void {
    if (this.roster.takeExpected(memberId)) {
      this.#completeIfAllJoined()
      return
    }
    const id = memberId === '' ? (this.roster.byInstance(instanceId)?.id ?? '') : memberId
    this.#removeAndRebalance(this.roster.known(id, instanceId))
  }

  #renew(member: Member): void {
    member.renew(() => this.#removeAndRebalance(member))
  }

  #remove(member: Member): void {
    member.refuse('UNKNOWN_MEMBER_ID')
    this.roster.remove(member)
    if (this.leader === member.id) this.leader = this.roster.members.keys().next().value ?? null
  }

  #removeAndRebalance(member: Member): void {
    if (this.roster.members.get(member.id) !== member) return
    this.#remove(member)
    if (this.state === 'Stable' || this.state === 'CompletingRebalance') this.#prepare()
    else this.#completeIfAllJoined()
  }

  /** Not waited for: if it is lost, members find out by UNKNOWN_MEMBER_ID after a restart and join again. */
  #persistSoon(): void {
    this.#host.persist(this).catch(() => {})
  }

  /** Takes over a stored generation at start; {@link startSessions} gives its members one session timeout to show up. */
  restore(value: StoredGroup): void {
    this.roster.close()
    for (const member of this.roster.all()) this.roster.remove(member)
    this.protocolType = value.protocolType || null
    this.generation = value.generation
    this.protocol = value.protocol
    this.leader = value.leader
    this.state = value.members.length > 0 ? 'Stable' : 'Empty'
    if (value.currentStateTimestamp >= 0) this.emptySince = value.currentStateTimestamp
    for (const stored of value.members) this.roster.add(Member.restored(stored, value.protocol))
  }

  /** Starts the sessions of restored members. */
  startSessions(): void {
    for (const member of this.roster.all()) this.#renew(member)
  }

  /** Ends all timers and answers who is being held. */
  close(reason: ErrorName = 'NOT_COORDINATOR'): void {
    this.state = 'Dead'
    this.#clock.stop()
    for (const member of this.roster.all()) member.refuse(reason)
    this.roster.close()
  }
}
