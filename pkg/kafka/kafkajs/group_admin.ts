import { setTimeout } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { DriverError, type DriverAdmin, type TopicPartition } from '../driver.js';
import { withAdmin } from './admin_client.js';
import type { ConnectionOptions } from './client.js';
import { toDriverError, unknownPartition } from './errors.js';
import { protocolError } from './internals.js';
import { withLink, type ClusterLink } from './link.js';
import { fromAssignment } from './topics.js';
import { commitOffsets, findCoordinator } from './wire/groups.js';

const { AssignerProtocol } = kafkajs;
const NONE = 0;
const UNKNOWN_TOPIC_OR_PARTITION = 3;
const COORDINATOR_TRIES = 20;
const COORDINATOR_RETRY_MS = 200;
/** A coordinator that is being found, elected, or loads what it needs to know. */
const COORDINATOR_PASSING = new Set([
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
]);

/** Operations on consumer groups. */
export function groupAdmin(options: ConnectionOptions) {
  const run = <T>(work: (admin: kafkajs.Admin) => Promise<T>) => withAdmin(options, work);

  const groups: Pick<
    DriverAdmin,
    'listGroups' | 'describeGroup' | 'deleteGroup' | 'groupOffsets' | 'commitGroupOffsets'
  > = {
    listGroups: () => run(async (admin) => (await admin.listGroups()).groups.map(({ groupId }) => groupId)),

    describeGroup: (groupId) =>
      run(async (admin) => {
        const { groups: found } = await admin.describeGroups([groupId]);
        const [group] = found;
        if (group === undefined) throw new DriverError('failed', 'the broker did not describe the group');
        const members = group.members.map(({ memberId, clientId, clientHost, memberAssignment }) => ({
          memberId,
          clientId,
          clientHost,
          partitions: decodeAssignment(memberAssignment),
        }));
        return { groupId, state: group.state, members };
      }),

    async deleteGroup(groupId) {
      await run((admin) => admin.deleteGroups([groupId]));
    },

    groupOffsets: (groupId, topics) =>
      run(async (admin) => {
        const wanted = topics === undefined ? { groupId } : { groupId, topics: [...topics] };
        const committed = await admin.fetchOffsets(wanted);
        return committed.flatMap(({ topic, partitions }) =>
          partitions
            .map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) }))
            .filter(({ offset }) => offset >= 0n)
            .sort((a, b) => a.partition - b.partition),
        );
      }),

    commitGroupOffsets: (groupId, positions) =>
      withLink(options, (link) =>
        atCoordinator(link, groupId, async (node) => {
          const answers = await link.request(node, commitOffsets(groupId, positions));
          const refused = answers.find(({ errorCode }) => errorCode !== NONE);
          if (refused?.errorCode === UNKNOWN_TOPIC_OR_PARTITION) throw await whatIsUnknown(link, refused);
          return refused?.errorCode ?? NONE;
        }),
      ),
  };
  return groups;
}

/** kafkajs's own setOffsets() joins the group for this, which takes seconds and disturbs its members. */
async function atCoordinator(
  link: ClusterLink,
  groupId: string,
  commit: (node: number) => Promise<number>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { errorCode, node } = await link.requestAny(findCoordinator(groupId));
    const failed = errorCode === NONE ? await commit(node) : errorCode;
    if (failed === NONE) return;
    const error = protocolError(failed);
    if (!COORDINATOR_PASSING.has(error.type) || attempt === COORDINATOR_TRIES) throw toDriverError(error);
    await setTimeout(COORDINATOR_RETRY_MS);
  }
}

/** The broker does not say which of the two it is. */
async function whatIsUnknown(link: ClusterLink, { topic, partition }: TopicPartition): Promise<DriverError> {
  const { topics } = await link.metadata([topic]);
  const isThere = topics.some((found) => found.topic === topic && found.errorCode === NONE);
  if (isThere) return unknownPartition({ topic, partition });
  return new DriverError('unknown-topic', `topic ${topic} does not exist`, { topic });
}

function decodeAssignment(bytes: Buffer) {
  // A member that waits for its first assignment has none; others may use a protocol of their own.
  if (bytes.length === 0) return [];
  const decoded = AssignerProtocol.MemberAssignment.decode(bytes);
  return decoded === null ? [] : fromAssignment(decoded.assignment);
}
