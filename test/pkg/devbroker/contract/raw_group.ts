import { uniqueName } from '../../../support/broker.js';
import { type RawClient } from '../net/raw_client.js';
import { Key } from '../net/requests.js';

/** The only member of a group, in the protocol's own terms. */
export class RawGroup {
  readonly assignment = Buffer.from('assigned');

  private constructor(
    private readonly client: RawClient,
    readonly id: string,
    /** The consumer metadata that the member joined with. */
    readonly subscription: Buffer,
    private readonly member: { memberId: string; generationId: number },
  ) {}

  get memberId(): string {
    return this.member.memberId;
  }

  /** Joins a new group as its first member and leader, and syncs. */
  static async join(client: RawClient, topic: string): Promise<RawGroup> {
    const groupId = uniqueName('group');
    const subscription = subscriptionTo(topic);
    const request = (memberId: string) => ({
      groupId,
      sessionTimeoutMs: 20_000,
      rebalanceTimeoutMs: 20_000,
      memberId,
      groupInstanceId: null,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: subscription }],
    });
    const join = async (memberId: string) =>
      (await client.ask(Key.JoinGroup, 5, request(memberId))) as {
        errorCode: number;
        memberId: string;
        generationId: number;
      };
    const joined = await join((await join('')).memberId);
    if (joined.errorCode !== 0) throw new Error(`joining ended with error ${joined.errorCode}`);
    const group = new RawGroup(client, groupId, subscription, joined);
    await client.ask(Key.SyncGroup, 3, {
      ...group.identity,
      assignments: [{ memberId: joined.memberId, assignment: group.assignment }],
    });
    return group;
  }

  async commit(topic: string, offset: bigint): Promise<number> {
    const partition = { partition: 0, offset, leaderEpoch: -1, metadata: '' };
    const answer = (await this.client.ask(Key.OffsetCommit, 7, {
      ...this.identity,
      retentionTimeMs: -1n,
      topics: [{ name: topic, partitions: [partition] }],
    })) as { topics: { partitions: { errorCode: number }[] }[] };
    return answer.topics[0]!.partitions[0]!.errorCode;
  }

  async leave(): Promise<void> {
    const members = [{ memberId: this.memberId, groupInstanceId: null }];
    await this.client.ask(Key.LeaveGroup, 3, { groupId: this.id, memberId: '', members });
  }

  private get identity() {
    const { memberId, generationId } = this.member;
    return { groupId: this.id, generationId, memberId, groupInstanceId: null };
  }
}

/** Consumer metadata: version 0, one topic, no user data. */
function subscriptionTo(topic: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32BE(1, 2);
  head.writeInt16BE(topic.length, 6);
  return Buffer.concat([head, Buffer.from(topic), Buffer.from([0xff, 0xff, 0xff, 0xff])]);
}
