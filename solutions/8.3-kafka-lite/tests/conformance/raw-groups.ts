import { type Answer, errorName, RawClient } from '../support/raw-client.ts'
import { createTopic, type Scenario, type Target } from './scenario.ts'

const subscription = Buffer.from([0, 0, 0, 0, 0, 1, 0, 1, 116, 0, 0, 0, 0])
const NOBODY = { memberId: '', groupInstanceId: null }

/** A member that speaks the group protocol by hand. */
class Hand {
  readonly client: RawClient
  readonly groupId: string
  memberId = ''
  generationId = -1
  readonly groupInstanceId: string | null

  private constructor(client: RawClient, groupId: string, groupInstanceId: string | null) {
    this.client = client
    this.groupId = groupId
    this.groupInstanceId = groupInstanceId
  }

  static async at(target: Target, groupId: string, groupInstanceId: string | null = null): Promise<Hand> {
    const client = await RawClient.connect(target.port)
    for (let code = 15; code !== 0; ) code = (await client.send('FindCoordinator', 2, { key: groupId, keyType: 0 })).errorCode
    return new Hand(client, groupId, groupInstanceId)
  }

  async join(extra: object = {}, version = 7): Promise<Answer> {
    const body = () => ({
      groupId: this.groupId,
      sessionTimeoutMs: 6000,
      rebalanceTimeoutMs: 3000,
      memberId: this.memberId,
      groupInstanceId: this.groupInstanceId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: subscription }],
      ...extra,
    })
    let answer = await this.client.send('JoinGroup', version, body())
    if (errorName(answer.errorCode) === 'MEMBER_ID_REQUIRED') {
      this.memberId = answer.memberId
      answer = await this.client.send('JoinGroup', version, body())
    }
    if (answer.errorCode === 0) {
      this.memberId = answer.memberId
      this.generationId = answer.generationId
    }
    return answer
  }

  get #me() {
    const { groupId, memberId, generationId, groupInstanceId } = this
    return { groupId, memberId, generationId, groupInstanceId }
  }

  sync(assignments: { memberId: string; assignment: Buffer }[] = [], extra: object = {}): Promise<Answer> {
    return this.client.send('SyncGroup', 5, { ...this.#me, protocolType: 'consumer', protocolName: 'range', assignments, ...extra })
  }

  async heartbeat(extra: object = {}): Promise<string> {
    return errorName((await this.client.send('Heartbeat', 4, { ...this.#me, ...extra })).errorCode)
  }

  async commit(topic: string, offset: number, extra: object = {}): Promise<string> {
    const answer = await this.client.send('OffsetCommit', 8, {
      ...this.#me,
      generationIdOrMemberEpoch: this.generationId,
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset: offset, committedMetadata: 'note' }] }],
      ...extra,
    })
    return errorName(answer.topics[0].partitions[0].errorCode)
  }
}

/** The classic group protocol, request by request. */
export const scenarios: Scenario[] = [
  {
    name: 'raw groups: requests that name no group, no member, a wrong generation or session',
    async run(target) {
      const topic = await createTopic(target)
      const hand = await Hand.at(target, target.unique('g'))
      const other = await Hand.at(target, target.unique('never'))
      const code = (answer: Answer) => errorName(answer.errorCode)
      const outcome: Record<string, unknown> = {
        emptyGroup: code(await hand.join({ groupId: '' })),
        shortSession: code(await hand.join({ sessionTimeoutMs: 1 })),
        longSession: code(await hand.join({ sessionTimeoutMs: 99_999_999 })),
        strangerJoins: code(await hand.join({ memberId: 'nobody' })),
        unknownHeartbeat: await other.heartbeat({ memberId: 'x' }),
        unknownSync: code(await other.sync()),
        foreignGeneration: await other.commit(topic, 1, { generationIdOrMemberEpoch: 3, memberId: 'x' }),
        noProtocols: code(await hand.join({ protocols: [] })),
      }
      outcome['joined'] = code(await hand.join())
      outcome['wrongType'] = code(await (await Hand.at(target, hand.groupId)).join({ protocolType: 'connect' }))
      outcome['noCommonProtocol'] = code(
        await (await Hand.at(target, hand.groupId)).join({ protocols: [{ name: 'other', metadata: subscription }] }),
      )
      outcome['synced'] = (await hand.sync([{ memberId: hand.memberId, assignment: Buffer.from('mine') }])).assignment.toString()
      outcome['syncedAgain'] = (await hand.sync()).assignment.toString()
      outcome['heartbeat'] = await hand.heartbeat()
      outcome['oldGeneration'] = await hand.heartbeat({ generationId: 99 })
      outcome['wrongMember'] = await hand.heartbeat({ memberId: 'nobody' })
      outcome['commit'] = await hand.commit(topic, 5)
      outcome['commitOldGeneration'] = await hand.commit(topic, 5, { generationIdOrMemberEpoch: 99 })
      outcome['commitStranger'] = await hand.commit(topic, 5, { ...NOBODY, generationIdOrMemberEpoch: -1 })
      outcome['commitUnknownTopic'] = await hand.commit(target.unique('none'), 5)
      return outcome
    },
    expected: {
      emptyGroup: 'INVALID_GROUP_ID',
      shortSession: 'INVALID_SESSION_TIMEOUT',
      longSession: 'INVALID_SESSION_TIMEOUT',
      strangerJoins: 'UNKNOWN_MEMBER_ID',
      unknownHeartbeat: 'UNKNOWN_MEMBER_ID',
      unknownSync: 'UNKNOWN_MEMBER_ID',
      foreignGeneration: 'ILLEGAL_GENERATION',
      noProtocols: 'INCONSISTENT_GROUP_PROTOCOL',
      joined: 'NONE',
      wrongType: 'INCONSISTENT_GROUP_PROTOCOL',
      noCommonProtocol: 'INCONSISTENT_GROUP_PROTOCOL',
      synced: 'mine',
      syncedAgain: 'mine',
      heartbeat: 'NONE',
      oldGeneration: 'ILLEGAL_GENERATION',
      wrongMember: 'UNKNOWN_MEMBER_ID',
      commit: 'NONE',
      commitOldGeneration: 'ILLEGAL_GENERATION',
      commitStranger: 'UNKNOWN_MEMBER_ID',
      commitUnknownTopic: 'UNKNOWN_TOPIC_OR_PARTITION',
    },
  },
  {
    name: 'raw groups: a second member starts a new generation; the old one is fenced until it joins again',
    async run(target) {
      const topic = await createTopic(target)
      const a = await Hand.at(target, target.unique('g'))
      const first = await a.join()
      await a.sync([{ memberId: a.memberId, assignment: Buffer.from('all') }])
      const b = await Hand.at(target, a.groupId)
      const joiningB = b.join()
      let seen = 'NONE'
      while (seen === 'NONE') seen = await a.heartbeat()
      const oldGeneration = { generationId: a.generationId, generationIdOrMemberEpoch: a.generationId }
      const again = await a.join()
      const joinedB = await joiningB
      const syncB = b.sync()
      await a.sync([
        { memberId: a.memberId, assignment: Buffer.from('half a') },
        { memberId: b.memberId, assignment: Buffer.from('half b') },
      ])
      const gotB = (await syncB).assignment.toString()
      const outcome = {
        leaderFirst: first.leader === a.memberId && first.members.length === 1,
        seen,
        rose: again.generationId - first.generationId,
        sameGeneration: joinedB.generationId === again.generationId,
        leaderAgain: again.leader === a.memberId,
        membersAtLeader: again.members.length,
        membersAtFollower: joinedB.members.length,
        gotB,
        late: await a.commit(topic, 1, oldGeneration),
        now: await a.commit(topic, 1),
      }
      a.client.close()
      b.client.close()
      return outcome
    },
    expected: {
      leaderFirst: true,
      seen: 'REBALANCE_IN_PROGRESS',
      rose: 1,
      sameGeneration: true,
      leaderAgain: true,
      membersAtLeader: 2,
      membersAtFollower: 0,
      gotB: 'half b',
      late: 'ILLEGAL_GENERATION',
      now: 'NONE',
    },
  },
  {
    name: 'raw groups: a static member that returns keeps its assignment without a rebalance; its former self is fenced',
    async run(target) {
      const a = await Hand.at(target, target.unique('g'), 'one')
      const first = await a.join()
      await a.sync([{ memberId: a.memberId, assignment: Buffer.from('kept') }])
      const heir = await Hand.at(target, a.groupId, 'one')
      const joined = await heir.join()
      const synced = await heir.sync()
      const outcome = {
        sameGeneration: joined.generationId === first.generationId,
        newId: joined.memberId !== a.memberId,
        assignment: synced.assignment.toString(),
        former: await a.heartbeat(),
        heir: await heir.heartbeat(),
      }
      const left = await heir.client.send('LeaveGroup', 4, { groupId: a.groupId, members: [{ memberId: '', groupInstanceId: 'one' }] })
      const gone = await heir.heartbeat()
      return { ...outcome, left: errorName(left.members[0].errorCode), gone }
    },
    expected: {
      sameGeneration: true,
      newId: true,
      assignment: 'kept',
      former: 'FENCED_INSTANCE_ID',
      heir: 'NONE',
      left: 'NONE',
      gone: 'UNKNOWN_MEMBER_ID',
    },
  },
  {
    name: 'raw groups: offsets: what was committed, what was not, all of a group, several groups at once',
    async run(target) {
      const topic = await createTopic(target, 2)
      const hand = await Hand.at(target, target.unique('g'))
      const committed = await hand.commit(topic, 42, { ...NOBODY, generationIdOrMemberEpoch: -1 })
      const view = (p: Answer) => [p.partitionIndex, p.committedOffset, p.metadata, errorName(p.errorCode)]
      const some = await hand.client.send('OffsetFetch', 5, { groupId: hand.groupId, topics: [{ name: topic, partitionIndexes: [0, 1] }] })
      const all = await hand.client.send('OffsetFetch', 7, { groupId: hand.groupId, topics: null, requireStable: true })
      const groups = [hand.groupId, target.unique('none')].map(groupId => ({ groupId, topics: [{ name: topic, partitionIndexes: [0] }] }))
      const several = await hand.client.send('OffsetFetch', 8, { groups, requireStable: false })
      const deleted = await hand.client.send('OffsetDelete', 0, {
        groupId: hand.groupId,
        topics: [{ name: topic, partitions: [{ partitionIndex: 0 }] }],
      })
      const after = await hand.client.send('OffsetFetch', 5, { groupId: hand.groupId, topics: [{ name: topic, partitionIndexes: [0] }] })
      const missing = await hand.client.send('DescribeGroups', 5, { groups: [target.unique('none')] })
      return {
        committed,
        some: some.topics[0].partitions.map(view),
        all: all.topics[0].partitions.map(view),
        several: several.groups.map((g: Answer) => g.topics[0].partitions.map(view)),
        deleted: errorName(deleted.errorCode),
        after: after.topics[0].partitions.map(view),
        missing: [errorName(missing.groups[0].errorCode), missing.groups[0].groupState],
      }
    },
    expected: {
      committed: 'NONE',
      some: [
        [0, 42, 'note', 'NONE'],
        [1, -1, '', 'NONE'],
      ],
      all: [[0, 42, 'note', 'NONE']],
      several: [[[0, 42, 'note', 'NONE']], [[0, -1, '', 'NONE']]],
      deleted: 'NONE',
      after: [[0, -1, '', 'NONE']],
      missing: ['NONE', 'Dead'],
    },
  },
]
