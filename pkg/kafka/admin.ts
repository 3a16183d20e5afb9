import { call } from './admin/calls.js';
import { differencesOf, type TopicDifference } from './admin/differences.js';
import {
  DriverError,
  type GroupShape,
  type KafkaDriver,
  type PartitionOffsets,
  type PartitionPosition,
  type TopicConfig,
  type TopicShape,
  type TopicSpec,
} from './driver.js';
import { AdminRefused, GroupNotEmpty, InvalidOption, TopicNotCreated, UnknownGroup } from './errors.js';
import { checkOffset, checkOffsetTarget, timeOf, within, type OffsetTarget } from './offset_target.js';
import { unreachable } from './unreachable.js';

/** What {@link KafkaAdmin.ensureTopics} found or did. */
export interface EnsuredTopic {
  readonly topic: string;
  /** False when it was there already; it was then left alone. */
  readonly created: boolean;
  readonly partitions: number;
  /** Where a topic that was there is not as asked for. */
  readonly differences: readonly TopicDifference[];
}

/** A topic with the settings that it does not take from the broker. */
export interface TopicDescription extends TopicShape {
  readonly configs: Readonly<Record<string, string>>;
}

/** A committed position of a group. `offset` is decimal text: the next message to be read. */
export interface GroupOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** How far a group is behind. Offsets are decimal text. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** Null where the group never committed: then everything counts. */
  readonly committed: string | null;
  readonly end: string;
  /** Offsets between the two, markers and gaps included. */
  readonly lag: number;
}

/** The ends of a partition as decimal text: the first offset, and the one that the next message will get. */
export interface TopicOffset {
  readonly partition: number;
  readonly low: string;
  readonly high: string;
}

const DEAD = 'Dead';
const EMPTY = 'Empty';

/**
 * Topics, groups and offsets. Every call uses connections of its own. All may throw BrokerUnreachable,
 * AccessDenied, AdminRefused when the broker does not allow it or does not take the values, and AdminFailed.
 */
export class KafkaAdmin {
  constructor(private readonly driver: KafkaDriver) {}

  /**
   * Creates the topics that are missing and waits until each of their partitions has a leader. Existing
   * topics are left as they are; where they are not as asked for is reported.
   *
   * @throws TopicNotCreated
   */
  ensureTopics(specs: readonly TopicSpec[]): Promise<EnsuredTopic[]> {
    return Promise.all(specs.map((spec) => this.#ensure(spec)));
  }

  /** The names of all topics, in order; internal ones (which begin with `__`) only when asked for. */
  async listTopics({ internal = false }: { readonly internal?: boolean } = {}): Promise<string[]> {
    const topics = await call(this.driver, { what: 'list topics' }, () => this.driver.admin.listTopics());
    return topics.filter((topic) => internal || !topic.startsWith('__')).sort();
  }

  /** @throws UnknownTopic */
  async describeTopic(topic: string): Promise<TopicDescription> {
    const { shape, configs } = await this.#describe(topic);
    const own = configs.filter((config) => config.own && config.value !== null);
    return { ...shape, configs: Object.fromEntries(own.map(({ name, value }) => [name, value ?? ''])) };
  }

  /**
   * Gives a topic more partitions. Keys then go to other partitions than before, so that their order over
   * this moment is lost.
   *
   * @param total how many it is to have then; fewer than now is refused
   * @throws UnknownTopic
   */
  async addPartitions(topic: string, total: number): Promise<void> {
    await call(this.driver, { what: `give topic ${topic} ${total} partitions`, topic }, () =>
      this.driver.admin.addPartitions(topic, total),
    );
  }

  /**
   * Changes settings of a topic and leaves all others as they are; null goes back to the broker's default.
   * @throws UnknownTopic
   */
  async alterTopicConfigs(topic: string, changes: Readonly<Record<string, string | null>>): Promise<void> {
    await call(this.driver, { what: `change topic ${topic}`, topic }, () =>
      this.driver.admin.alterTopicConfigs(topic, changes),
    );
  }

  /** Deletes a topic with all its messages. @throws UnknownTopic */
  async deleteTopic(topic: string): Promise<void> {
    await call(this.driver, { what: `delete topic ${topic}`, topic }, () =>
      this.driver.admin.deleteTopic(topic),
    );
  }

  /** Deletes the messages of partitions before an offset, or all that are there now. @throws UnknownTopic */
  async deleteRecords(
    topic: string,
    before: readonly { readonly partition: number; readonly offset: bigint | 'latest' }[],
  ): Promise<void> {
    const what = `delete messages of topic ${topic}`;
    await call(this.driver, { what, topic }, async () => {
      const ends = await this.driver.admin.topicOffsets(topic);
      const positions = before.map(({ partition, offset }) => {
        const end = ends.find((each) => each.partition === partition)?.high;
        if (end === undefined) throw new AdminRefused(what, `it has no partition ${partition}`);
        return { topic, partition, offset: offset === 'latest' ? end : offset };
      });
      await this.driver.admin.deleteRecords(positions);
    });
  }

  /** First and next offset of each partition. @throws UnknownTopic */
  async topicOffsets(topic: string): Promise<TopicOffset[]> {
    return (await this.#ends(topic)).map(({ partition, low, high }) => ({
      partition,
      low: low.toString(),
      high: high.toString(),
    }));
  }

  /** The ids of all groups that have members or committed offsets, in order. */
  async listGroups(): Promise<string[]> {
    const groups = await call(this.driver, { what: 'list groups' }, () => this.driver.admin.listGroups());
    return groups.sort();
  }

  /** The members of a group and their partitions. @throws UnknownGroup */
  async describeGroup(groupId: string): Promise<GroupShape> {
    const group = await this.#group(groupId);
    if (group.state === DEAD) throw new UnknownGroup(groupId);
    return group;
  }

  /** Deletes a group with its committed offsets. @throws UnknownGroup, GroupNotEmpty */
  async deleteGroup(groupId: string): Promise<void> {
    await call(this.driver, { what: `delete group ${groupId}`, groupId }, () =>
      this.driver.admin.deleteGroup(groupId),
    );
  }

  /** Committed positions of a group, of these topics or of all; partitions without one are left out. */
  async groupOffsets(groupId: string, topics?: readonly string[]): Promise<GroupOffset[]> {
    return (await this.#committed(groupId, topics)).map(toGroupOffset);
  }

  /** How far a group is behind in every partition of these topics, or of all that it committed. */
  async groupLag(groupId: string, topics?: readonly string[]): Promise<PartitionLag[]> {
    const committed = await this.#committed(groupId, topics);
    const names = topics ?? [...new Set(committed.map(({ topic }) => topic))];
    const ofTopics = await Promise.all(
      names.map(async (topic) => {
        const ends = await this.#ends(topic);
        return ends.map(({ partition, low, high }): PartitionLag => {
          const position = committed.find((each) => each.topic === topic && each.partition === partition);
          const from = position?.offset ?? low;
          return {
            topic,
            partition,
            committed: position?.offset.toString() ?? null,
            end: high.toString(),
            lag: Number(high > from ? high - from : 0n),
          };
        });
      }),
    );
    return ofTopics.flat();
  }

  /**
   * Puts the positions of a group that has no members. An offset outside a partition is put to its nearer end.
   *
   * @param options.partitions only these; all by default
   * @returns the new positions @throws InvalidOption, UnknownTopic, GroupNotEmpty
   */
  async resetGroupOffsets(
    groupId: string,
    topic: string,
    to: OffsetTarget,
    { partitions }: { readonly partitions?: readonly number[] } = {},
  ): Promise<GroupOffset[]> {
    checkOffsetTarget('to', to);
    const all = await this.#target(topic, to);
    const missing = partitions?.find((wanted) => !all.some(({ partition }) => partition === wanted));
    if (missing !== undefined) {
      throw new InvalidOption('partitions', missing, `a partition of topic ${topic}: 0 to ${all.length - 1}`);
    }
    const positions = all.filter(({ partition }) => partitions?.includes(partition) ?? true);
    return this.setGroupOffsets(groupId, positions);
  }

  /**
   * Puts the positions of a group that has no members, as they are given.
   * @returns the new positions @throws InvalidOption, GroupNotEmpty; UnknownTopic and UnknownPartition, when the
   *   others of them were put
   */
  async setGroupOffsets(groupId: string, positions: readonly PartitionPosition[]): Promise<GroupOffset[]> {
    for (const { topic, partition, offset } of positions) {
      checkOffset(`offset of ${topic}[${partition}]`, offset);
    }
    const { state, members } = await this.#group(groupId);
    if (state !== EMPTY && state !== DEAD) {
      throw new GroupNotEmpty(
        groupId,
        members.map(({ memberId }) => memberId),
      );
    }
    // Should a member have joined since, the broker refuses.
    await call(this.driver, { what: `put offsets of group ${groupId}`, groupId }, () =>
      this.driver.admin.commitGroupOffsets(groupId, positions),
    );
    return positions.map(toGroupOffset);
  }

  async #ensure(spec: TopicSpec): Promise<EnsuredTopic> {
    const { topic } = spec;
    try {
      const created = await this.driver.admin.createTopic(spec);
      if (created && spec.partitions > 0) {
        return { topic, created, partitions: spec.partitions, differences: [] };
      }
      const { shape, configs } = await this.#describe(topic);
      const differences = created ? [] : differencesOf(spec, shape, configs);
      return { topic, created, partitions: shape.partitions.length, differences };
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      if (error.reason === 'unreachable') throw unreachable(this.driver.brokers, error);
      throw new TopicNotCreated(topic, error.message, error);
    }
  }

  #describe(topic: string): Promise<{ shape: TopicShape; configs: TopicConfig[] }> {
    return call(this.driver, { what: `describe topic ${topic}`, topic }, async () => {
      const [shape, configs] = await Promise.all([
        this.driver.admin.describeTopic(topic),
        this.driver.admin.topicConfigs(topic),
      ]);
      return { shape, configs };
    });
  }

  #ends(topic: string): Promise<PartitionOffsets[]> {
    return call(this.driver, { what: `tell the offsets of topic ${topic}`, topic }, () =>
      this.driver.admin.topicOffsets(topic),
    );
  }

  #group(groupId: string): Promise<GroupShape> {
    return call(this.driver, { what: `describe group ${groupId}`, groupId }, () =>
      this.driver.admin.describeGroup(groupId),
    );
  }

  #committed(groupId: string, topics?: readonly string[]): Promise<PartitionPosition[]> {
    const topic = topics?.join(', ') ?? 'any';
    return call(this.driver, { what: `tell the offsets of group ${groupId}`, groupId, topic }, () =>
      this.driver.admin.groupOffsets(groupId, topics),
    );
  }

  async #target(topic: string, to: OffsetTarget): Promise<PartitionPosition[]> {
    if (to instanceof Date) {
      return call(this.driver, { what: `tell the offsets of topic ${topic}`, topic }, () =>
        this.driver.admin.offsetsAt(topic, timeOf(to)),
      );
    }
    return (await this.#ends(topic)).map(({ partition, low, high }) => {
      const offset = to === 'earliest' ? low : to === 'latest' ? high : within(to, low, high);
      return { topic, partition, offset };
    });
  }
}

function toGroupOffset({ topic, partition, offset }: PartitionPosition): GroupOffset {
  return { topic, partition, offset: offset.toString() };
}
