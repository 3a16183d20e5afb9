import { type Clock, systemClock } from '../clock.js';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** What a consumer asks to be remembered for a partition. */
export interface OffsetToCommit extends TopicPartition {
  /** Of the topic that was read, which tells it from a later one of its name. */
  readonly topicId?: string;
  /** The next offset to read. */
  readonly offset: bigint;
  /** Of the last record read, -1 when unknown. */
  readonly leaderEpoch: number;
  readonly metadata: string | null;
}

export interface CommittedOffset extends OffsetToCommit {
  /** Milliseconds since the Unix epoch. */
  readonly commitTimestamp: number;
}

/** One change of the committed offsets. A commit is one record, so that it survives whole or not at all. */
export type OffsetsRecord =
  | { readonly kind: 'commit'; readonly groupId: string; readonly offsets: readonly CommittedOffset[] }
  | { readonly kind: 'forget'; readonly groupId: string; readonly partitions: readonly TopicPartition[] }
  | { readonly kind: 'delete-group'; readonly groupId: string }
  | { readonly kind: 'delete-topic'; readonly topic: string };

/** Where committed offsets outlive the process. */
export interface OffsetsStore {
  /** The appended records in their order, or fewer that amount to the same. Read once, at the start. */
  load(): Iterable<OffsetsRecord>;
  /** Throws when the record is not kept; the change it holds then does not happen. */
  append(record: OffsetsRecord): void;
}

/** Keeps nothing beyond the process: the offsets live in {@link CommittedOffsets} alone. */
export const memoryOffsetsStore: OffsetsStore = {
  load: () => [],
  append: () => undefined,
};

/**
 * The committed offsets of all groups. Whether a commit is allowed is the coordinator's to say; here the last one
 * wins, also when it goes backwards. Offsets do not expire.
 */
export class CommittedOffsets {
  readonly #store: OffsetsStore;
  readonly #clock: Clock;
  readonly #groups = new Map<string, Map<string, Map<number, CommittedOffset>>>();

  constructor(store: OffsetsStore = memoryOffsetsStore, clock: Clock = systemClock) {
    this.#store = store;
    this.#clock = clock;
    for (const record of store.load()) this.#apply(record);
  }

  /** All of them or, when the store throws, none. An empty list changes nothing. */
  commit(groupId: string, offsets: readonly OffsetToCommit[]): void {
    if (offsets.length === 0) return;
    const commitTimestamp = this.#clock.now();
    this.#change({ kind: 'commit', groupId, offsets: offsets.map((o) => ({ ...o, commitTimestamp })) });
  }

  /** @returns undefined when the group never committed this partition. */
  fetch(groupId: string, { topic, partition }: TopicPartition): CommittedOffset | undefined {
    return this.#groups.get(groupId)?.get(topic)?.get(partition);
  }

  /** Every committed partition of the group, topic by topic. */
  fetchAll(groupId: string): CommittedOffset[] {
    const topics = this.#groups.get(groupId);
    return topics === undefined ? [] : [...topics.values()].flatMap((partitions) => [...partitions.values()]);
  }

  /** Forgets single partitions, as OffsetDelete asks; those without a commit are ignored. */
  forget(groupId: string, partitions: readonly TopicPartition[]): void {
    const known = partitions.filter((partition) => this.fetch(groupId, partition) !== undefined);
    if (known.length > 0) this.#change({ kind: 'forget', groupId, partitions: known });
  }

  deleteGroup(groupId: string): void {
    if (this.#groups.has(groupId)) this.#change({ kind: 'delete-group', groupId });
  }

  /**
   * Forgets a deleted topic in every group, so that a new topic of that name is read from its own start. It is
   * forgotten also when the store throws; see {@link retain} for the next start.
   */
  deleteTopic(topic: string): void {
    if (![...this.#groups.values()].some((topics) => topics.has(topic))) return;
    const record = { kind: 'delete-topic', topic } as const;
    this.#apply(record);
    this.#store.append(record);
  }

  /**
   * Forgets, in memory, the commits of topics that are gone, whose deletion may never have been written down here.
   * @param idOf the id of the topic that has the name now
   */
  retain(idOf: (topic: string) => string | undefined): void {
    for (const groupId of this.groups()) {
      for (const { topic, partition, topicId } of this.fetchAll(groupId)) {
        const id = idOf(topic);
        if (id === undefined || id !== (topicId ?? id)) this.#drop(groupId, topic, partition);
      }
    }
  }

  hasGroup(groupId: string): boolean {
    return this.#groups.has(groupId);
  }

  /** The groups with at least one committed offset. */
  groups(): string[] {
    return [...this.#groups.keys()];
  }

  #change(record: OffsetsRecord): void {
    this.#store.append(record);
    this.#apply(record);
  }

  #apply(record: OffsetsRecord): void {
    switch (record.kind) {
      case 'commit':
        for (const offset of record.offsets) this.#put(record.groupId, offset);
        return;
      case 'forget':
        for (const { topic, partition } of record.partitions) this.#drop(record.groupId, topic, partition);
        return;
      case 'delete-group':
        this.#groups.delete(record.groupId);
        return;
      case 'delete-topic':
        for (const groupId of this.groups()) this.#drop(groupId, record.topic);
    }
  }

  #put(groupId: string, offset: CommittedOffset): void {
    const topics = this.#groups.get(groupId) ?? new Map<string, Map<number, CommittedOffset>>();
    this.#groups.set(groupId, topics);
    const partitions = topics.get(offset.topic) ?? new Map<number, CommittedOffset>();
    topics.set(offset.topic, partitions);
    partitions.set(offset.partition, offset);
  }

  /** One partition of a topic, or all of them, and whatever is empty without it. */
  #drop(groupId: string, topic: string, partition?: number): void {
    const topics = this.#groups.get(groupId);
    const partitions = topics?.get(topic);
    if (partition === undefined) partitions?.clear();
    else partitions?.delete(partition);
    if (partitions?.size === 0) topics?.delete(topic);
    if (topics?.size === 0) this.#groups.delete(groupId);
  }
}
