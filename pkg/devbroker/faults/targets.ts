/** Something that a request is about. */
export interface FaultTarget {
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
  readonly group?: string | undefined;
}

/** The fields by which requests name what they are about; things have the same names in all APIs. */
interface Naming {
  groupId?: string;
  groups?: (string | Naming)[];
  groupsNames?: string[];
  keyType?: number;
  key?: string;
  coordinatorKeys?: string[];
  topics?: TopicNaming[] | null;
  topicNames?: string[];
  resources?: { resourceType: number; resourceName: string }[];
}

interface TopicNaming {
  name: string | null;
  partitions?: PartitionNaming[];
}

type PartitionNaming = number | { partition?: number; index?: number };

const GROUP_KEY = 0;
const TOPIC_RESOURCE = 2;

/** The topics that there are, for requests that name them without their partitions, or not at all. */
export interface KnownTopics {
  names(): string[];
  /** How many partitions a topic has, 0 when it is not there. */
  partitionCount(topic: string): number;
}

/**
 * Everything that a decoded request is about: its groups, topics and partitions, each alone and, where they
 * belong together, together.
 */
export function targetsOf(request: unknown, known: KnownTopics): FaultTarget[] {
  const targets = groupTargets(request as Naming, known);
  return targets.length > 0 ? targets : [{}];
}

function groupTargets(naming: Naming, known: KnownTopics): FaultTarget[] {
  const nested = (naming.groups ?? []).flatMap((group) =>
    typeof group === 'string' ? [{ group }] : groupTargets(group, known),
  );
  const { groupId, groupsNames = [], coordinatorKeys = [], key = '' } = naming;
  const coordinated = naming.keyType === GROUP_KEY ? [...coordinatorKeys, key] : [];
  const named = [...(groupId === undefined ? [] : [groupId]), ...groupsNames, ...coordinated];
  const groups = named.filter((group) => group !== '').map((group) => ({ group }));
  const group = groupId === undefined || groupId === '' ? {} : { group: groupId };
  const topics = topicTargets(naming, known).map((target) => ({ ...target, ...group }));
  return [...groups, ...nested, ...topics];
}

function topicTargets(naming: Naming, known: KnownTopics): FaultTarget[] {
  const { topicNames = [], resources = [], groupId } = naming;
  // No topics stand for all of them, but for a group's offsets only for those that it committed.
  const topics =
    naming.topics === null && groupId === undefined
      ? known.names().map((name) => ({ name }))
      : (naming.topics ?? []);
  const structured = topics.flatMap(({ name, partitions }: TopicNaming) => {
    if (name === null) return [];
    const indexes = partitions?.map(partitionOf) ?? [...Array(known.partitionCount(name)).keys()];
    return [{ topic: name }, ...indexes.map((partition) => ({ topic: name, partition }))];
  });
  const byName = topicNames.map((topic) => ({ topic }));
  const configured = resources
    .filter(({ resourceType }) => resourceType === TOPIC_RESOURCE)
    .map(({ resourceName }) => ({ topic: resourceName }));
  return [...structured, ...byName, ...configured];
}

function partitionOf(naming: PartitionNaming): number | undefined {
  return typeof naming === 'number' ? naming : (naming.partition ?? naming.index);
}
