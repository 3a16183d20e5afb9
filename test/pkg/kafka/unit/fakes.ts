import {
  DriverError,
  type DriverAdmin,
  type DriverConsumer,
  type DriverConsumerListener,
  type DriverProducer,
  type DriverReader,
  type FetchedBatch,
  type ReadRecord,
  type KafkaDriver,
  type PartitionBatch,
  type PartitionOutcome,
  type PartitionPosition,
  type TopicLeaders,
  type TopicPartition,
} from '../../../../pkg/kafka/driver.js';

type Answer = (
  batches: readonly PartitionBatch[],
  producer: FakeProducer,
) => Promise<readonly PartitionOutcome[]>;

/** A broker side that stores what the fake producers send. */
export class FakeLog {
  readonly #stored = new Map<string, string[]>();

  store(batches: readonly PartitionBatch[]): PartitionOutcome[] {
    return batches.map(({ topic, partition, records }) => {
      const values = this.values(topic, partition);
      const baseOffset = BigInt(values.length);
      values.push(...records.map(({ value }) => String(value)));
      return { kind: 'stored', baseOffset };
    });
  }

  values(topic: string, partition: number): string[] {
    const key = `${topic}/${partition}`;
    const values = this.#stored.get(key) ?? [];
    this.#stored.set(key, values);
    return values;
  }
}

export class FakeProducer implements DriverProducer {
  readonly sent: (readonly PartitionBatch[])[] = [];
  readonly renounced: string[] = [];
  disconnected = false;
  inFlight = 0;

  constructor(private readonly driver: FakeDriver) {}

  async connect(): Promise<void> {
    await this.driver.onConnect();
  }

  async describe(topics: readonly string[]): Promise<TopicLeaders[]> {
    await this.driver.onConnect();
    return topics.map((topic) => {
      this.driver.lookups.push(topic);
      const partitions = this.driver.topics[topic];
      if (partitions === undefined) {
        return { topic, leaders: [], error: new DriverError('unknown-topic', 'no such topic') };
      }
      const leaders = Array.from({ length: partitions }, (_, partition) => this.driver.leaderOf(partition));
      return { topic, leaders };
    });
  }

  async send(_node: number, batches: readonly PartitionBatch[]): Promise<PartitionOutcome[]> {
    this.sent.push(batches);
    this.inFlight += 1;
    this.driver.maxInFlight = Math.max(this.driver.maxInFlight, this.inFlight);
    const answer = await this.driver.answer(batches, this);
    this.inFlight -= 1;
    return [...answer];
  }

  renounce({ topic, partition }: TopicPartition): void {
    this.renounced.push(`${topic}/${partition}`);
  }

  async disconnect(): Promise<void> {
    this.disconnected = true;
  }
}

export class FakeConsumer implements DriverConsumer {
  readonly commits: (readonly PartitionPosition[])[] = [];
  readonly paused = new Set<string>();
  stopped = false;
  commitError: Error | undefined;
  /** Commits get their answer then; undefined answers at once. */
  commitAnswer: Promise<void> | undefined;

  constructor(
    readonly listener: DriverConsumerListener,
    private readonly driver: FakeDriver,
  ) {}

  async start(timeoutMs: number): Promise<void> {
    await this.driver.onJoin(this, timeoutMs);
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) this.paused.add(`${topic}/${partition}`);
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) this.paused.delete(`${topic}/${partition}`);
  }

  async commit(positions: readonly PartitionPosition[]): Promise<void> {
    if (this.commitError !== undefined) throw this.commitError;
    this.commits.push(positions);
    await this.commitAnswer;
  }

  async stop(): Promise<void> {
    this.stopped = true;
  }

  /** The last committed offset of a partition. */
  committed(topic: string, partition: number): bigint | undefined {
    return this.commits
      .flat()
      .findLast((position) => position.topic === topic && position.partition === partition)?.offset;
  }
}

/** A driver without a network; tests script its answers. */
export class FakeDriver implements KafkaDriver {
  readonly brokers = ['fake:9092'];
  /** What was said of what the brokers do not let this client do. */
  readonly denials: string[] = [];
  readonly access = { failed: (explanation: string) => void this.denials.push(explanation) };
  readonly log = new FakeLog();
  readonly producers: FakeProducer[] = [];
  readonly consumers: FakeConsumer[] = [];
  readonly lookups: string[] = [];
  maxInFlight = 0;
  /** Partitions by topic; other topics do not exist. */
  topics: Record<string, number> = { t: 3, u: 3 };
  answer: Answer = async (batches) => this.log.store(batches);
  /** The node that leads a partition. */
  leaderOf: (partition: number) => number | undefined = () => 1;
  onConnect: () => Promise<void> = async () => undefined;
  onJoin: (consumer: FakeConsumer, timeoutMs: number) => Promise<void> = async ({ listener }) => {
    listener.onAssigned([
      { topic: 't', partition: 0 },
      { topic: 't', partition: 1 },
    ]);
  };
  readonly admin: DriverAdmin = {
    createTopic: async () => true,
    partitionCount: async (topic: string) => {
      this.lookups.push(topic);
      const partitions = this.topics[topic];
      if (partitions === undefined) throw new DriverError('unknown-topic', 'no such topic');
      return partitions;
    },
    topicConfigs: async () => [],
    deleteTopic: async () => undefined,
    topicOffsets: async () => [],
    groupOffsets: async () => [],
  } as Partial<DriverAdmin> as DriverAdmin;

  producer(): FakeProducer {
    const producer = new FakeProducer(this);
    this.producers.push(producer);
    return producer;
  }

  /** Replaced by tests that read partitions. */
  reader: () => DriverReader = () => {
    throw new Error('this test did not expect a reader');
  };

  consumer(_options: unknown, listener: DriverConsumerListener): FakeConsumer {
    const consumer = new FakeConsumer(listener, this);
    this.consumers.push(consumer);
    return consumer;
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }
}

/** A batch of partition `partition` of topic `t` whose records have these offsets, each with a key of its own. */
export class FakeBatch implements FetchedBatch {
  readonly topic: string = 't';
  /** Whether fetching may go on after it. */
  resolved = false;
  readonly records: ReadRecord[];
  readonly offsets: string[];
  readonly bytes: number;
  readonly from: bigint;
  readonly nextOffset: bigint;
  readonly highWatermark: bigint;
  heartbeats = 0;
  heartbeatError: DriverError | undefined;

  constructor(
    offsets: readonly number[],
    readonly partition = 0,
    nextOffset = (offsets.at(-1) ?? -1) + 1,
  ) {
    this.from = BigInt(offsets[0] ?? 0);
    this.nextOffset = BigInt(nextOffset);
    this.highWatermark = this.nextOffset;
    this.offsets = offsets.map(String);
    this.bytes = offsets.length * 10;
    this.records = offsets.map((offset) => ({
      topic: this.topic,
      partition,
      offset: String(offset),
      key: Buffer.from(`k${offset}`),
      value: Buffer.from(`v${offset}`),
      headers: {},
      timestamp: 0,
      timestampType: 'CreateTime',
    }));
  }

  recordAt(index: number): ReadRecord {
    const record = this.records[index];
    if (record === undefined) throw new RangeError(`no record ${index}`);
    return record;
  }

  resolve(): void {
    this.resolved = true;
  }

  async heartbeat(): Promise<void> {
    this.heartbeats += 1;
    if (this.heartbeatError !== undefined) throw this.heartbeatError;
  }
}

/** A promise with its ends outside. */
export function deferred<T = void>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/** The error a promise rejects with. @throws when it does not reject */
export async function rejection(work: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  let error: unknown;
  try {
    await work;
  } catch (thrown) {
    error = thrown;
  }
  if (error instanceof Error) return error;
  throw new Error('the promise did not reject');
}
