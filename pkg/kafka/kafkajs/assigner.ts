import kafkajs, { type Assigner, type Cluster, type PartitionAssigner } from 'kafkajs';
import type { TopicPartition } from '../driver.js';
import type { Logger } from '../../logger/index.js';
import { fromAssignment, toAssignment } from './topics.js';
import { balance, type GroupMember } from '../consumer/balance.js';

const { AssignerProtocol } = kafkajs;
/** Part of the group protocol: members of one group must agree on it. */
const NAME = 'SubscribedStickyAssigner';
const VERSION = 0;

interface AssignerHooks {
  readonly logger: Logger;
  /** The partitions of this member, so that it may keep them. */
  owned(): readonly TopicPartition[];
  /** Called at the start of every join, the moment from which the old assignment is void. */
  onJoin(): void;
}

/**
 * kafkajs's own assigner gives out only the topics of the leader, and to any member. This one gives every
 * topic that any member subscribed to, and only to its subscribers.
 */
export function createAssigner(hooks: AssignerHooks): PartitionAssigner {
  return ({ cluster }): Assigner => ({
    name: NAME,
    version: VERSION,

    protocol({ topics }) {
      hooks.onJoin();
      const userData = AssignerProtocol.MemberAssignment.encode({
        version: VERSION,
        assignment: toAssignment(hooks.owned()),
        userData: Buffer.alloc(0),
      });
      return {
        name: NAME,
        metadata: AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics, userData }),
      };
    },

    async assign({ members, topics }) {
      const decoded = members.map(({ memberId, memberMetadata }) => decodeMember(memberId, memberMetadata));
      const partitions = await partitionsOf(cluster, { own: topics, members: decoded, logger: hooks.logger });
      return [...balance(decoded, partitions)].map(([memberId, assigned]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: VERSION,
          assignment: toAssignment(assigned),
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

function decodeMember(memberId: string, metadata: Buffer): GroupMember {
  const decoded = AssignerProtocol.MemberMetadata.decode(metadata);
  if (decoded === null) return { memberId, topics: [], owned: [] };
  const owned =
    decoded.userData.length === 0 ? null : AssignerProtocol.MemberAssignment.decode(decoded.userData);
  return { memberId, topics: decoded.topics, owned: owned === null ? [] : fromAssignment(owned.assignment) };
}

/**
 * Partition ids of all topics that any member subscribed to. The others' topics are asked for directly:
 * adding them to the cluster's own would make this member depend on topics it does not read.
 */
async function partitionsOf(
  cluster: Cluster,
  group: { own: readonly string[]; members: readonly GroupMember[]; logger: Logger },
): Promise<Map<string, number[]>> {
  const partitions = new Map<string, number[]>();
  for (const topic of group.own) {
    partitions.set(
      topic,
      cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId),
    );
  }
  const foreign = new Set(
    group.members.flatMap(({ topics }) => topics).filter((topic) => !partitions.has(topic)),
  );
  if (foreign.size === 0) return partitions;
  const broker = await cluster.findControllerBroker();
  for (const topic of foreign) {
    try {
      const { topicMetadata } = await broker.metadata([topic]);
      const ids = topicMetadata.flatMap(({ partitionMetadata }) => partitionMetadata);
      partitions.set(
        topic,
        ids.map(({ partitionId }) => partitionId),
      );
    } catch (error) {
      // Its members get nothing of it until the next rebalance; failing here would stop the whole group.
      group.logger.warn('a topic of another member could not be described and is left unassigned', {
        topic,
        error,
      });
    }
  }
  return partitions;
}
