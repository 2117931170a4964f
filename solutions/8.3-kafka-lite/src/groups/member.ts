import { ERRORS, type ErrorName } from '../protocol/errors.ts'
import { type JoinResult, NO_JOIN, NO_SYNC, type SyncResult } from './answers.ts'
import type { StoredGroup } from './group-records.ts'

/** One way of assigning partitions that a member offers, with its subscription for it. */
export interface Protocol {
  name: string
  metadata: Buffer
}

/** What a client says about itself when it joins. */
export interface Joiner {
  memberId: string
  groupInstanceId: string | null
  clientId: string
  clientHost: string
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  protocolType: string
  protocols: Protocol[]
  /** From JoinGroup v4 on a new member is sent back with an id first (KIP-394). */
  needsKnownId: boolean
}

/** A member of a group. Its session timer runs unless one of its requests is being held back. */
export class Member {
  id: string
  readonly instanceId: string | null
  clientId: string
  clientHost: string
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  protocols: Protocol[]
  assignment: Buffer = Buffer.alloc(0)
  joining: ((result: JoinResult) => void) | null = null
  syncing: ((result: SyncResult) => void) | null = null
  /** Has sent SyncGroup in this generation. */
  synced = false
  #timer: NodeJS.Timeout | null = null

  constructor(id: string, joiner: Omit<Joiner, 'memberId' | 'protocolType' | 'needsKnownId'>) {
    this.id = id
    this.instanceId = joiner.groupInstanceId
    this.clientId = joiner.clientId
    this.clientHost = joiner.clientHost
    this.sessionTimeoutMs = joiner.sessionTimeoutMs
    this.rebalanceTimeoutMs = joiner.rebalanceTimeoutMs
    this.protocols = joiner.protocols
  }

  /** The subscription it offered for a protocol; empty when it did not offer it. */
  metadataFor(protocol: string | null): Buffer {
    return this.protocols.find(p => p.name === protocol)?.metadata ?? Buffer.alloc(0)
  }

  offersProtocol(name: string | null): boolean {
    return this.protocols.some(p => p.name === name)
  }

  /** True when it offers exactly these protocols, in this order and with these subscriptions. */
  offers(protocols: Protocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every((p, i) => p.name === this.protocols[i]!.name && p.metadata.equals(this.protocols[i]!.metadata))
    )
  }

  /** True when these protocols carry the same subscription for `protocol` as it gave. */
  sameFor(protocol: string | null, protocols: Protocol[]): boolean {
    return protocols.some(p => p.name === protocol && p.metadata.equals(this.metadataFor(protocol)))
  }

  /** The member as the leader sees it. */
  described(protocol: string | null): JoinResult['members'][number] {
    return { memberId: this.id, groupInstanceId: this.instanceId, metadata: this.metadataFor(protocol) }
  }

  /** Takes over what a rejoining client says now. */
  update(joiner: Joiner): void {
    this.clientId = joiner.clientId
    this.clientHost = joiner.clientHost
    this.sessionTimeoutMs = joiner.sessionTimeoutMs
    this.rebalanceTimeoutMs = joiner.rebalanceTimeoutMs
    this.protocols = joiner.protocols
  }

  /** Starts the session anew: after the timeout without another call, `expired` is called. */
  renew(expired: () => void): void {
    this.pause()
    this.#timer = setTimeout(expired, this.sessionTimeoutMs)
  }

  /** Stops the session timer: we hold its request, so it cannot send another. */
  pause(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** Answers a join that is being held. */
  answerJoin(result: JoinResult): void {
    const answer = this.joining
    this.joining = null
    answer?.(result)
  }

  /** Answers a sync that is being held. */
  answerSync(result: SyncResult): void {
    const answer = this.syncing
    this.syncing = null
    answer?.(result)
  }

  /** Refuses a sync that is being held; false when there is none. */
  refuseSync(error: ErrorName): boolean {
    const held = this.syncing !== null
    this.answerSync({ ...NO_SYNC, errorCode: ERRORS[error] })
    return held
  }

  /** Ends the session timer and refuses whatever is being held. */
  refuse(error: ErrorName): void {
    this.pause()
    this.answerJoin({ ...NO_JOIN, errorCode: ERRORS[error], memberId: this.id })
    this.refuseSync(error)
  }

  /** The member in the form of the internal topic. */
  stored(protocol: string | null): StoredMember {
    return {
      memberId: this.id,
      groupInstanceId: this.instanceId,
      clientId: this.clientId,
      clientHost: this.clientHost,
      rebalanceTimeout: this.rebalanceTimeoutMs,
      sessionTimeout: this.sessionTimeoutMs,
      subscription: this.metadataFor(protocol),
      assignment: this.assignment,
    }
  }

  /** A member as it was stored. */
  static restored(stored: StoredMember, protocol: string | null): Member {
    const member = new Member(stored.memberId, {
      groupInstanceId: stored.groupInstanceId,
      clientId: stored.clientId,
      clientHost: stored.clientHost,
      sessionTimeoutMs: stored.sessionTimeout,
      rebalanceTimeoutMs: stored.rebalanceTimeout,
      protocols: [{ name: protocol ?? '', metadata: stored.subscription }],
    })
    member.assignment = stored.assignment
    return member
  }
}

type StoredMember = StoredGroup['members'][number]
