import { connect } from 'node:net';
import { testBrokers, uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { RawClient } from '../net/raw_client.js';
import { fetchRequest, Key, oneRecord, produceRequest, type RecordOptions } from '../net/requests.js';

export const TOPIC = 2;
export const BROKER = 4;

export interface TopicRequest {
  name: string;
  numPartitions?: number;
  replicationFactor?: number;
  assignments?: { partitionIndex: number; brokerIds: number[] }[];
  configs?: { name: string; value: string | null }[];
}

export interface TopicAnswer {
  name: string;
  topicId: string;
  errorCode: number;
  errorMessage: string | null;
  numPartitions: number;
  replicationFactor: number;
  configs: { name: string; value: string | null; readOnly: boolean; configSource: number }[] | null;
}

export interface ConfigAnswer {
  errorCode: number;
  errorMessage: string | null;
  configs: {
    name: string;
    value: string | null;
    readOnly: boolean;
    configSource: number;
    isSensitive: boolean;
    synonyms: { name: string; value: string | null; source: number }[];
    configType: number;
  }[];
}

interface Answer {
  errorCode: number;
  errorMessage: string | null;
}

interface FetchedPartition {
  errorCode: number;
  logStartOffset: bigint;
  highWatermark: bigint;
  records: Buffer[];
}

/** Administration in the protocol's own terms, on whatever broker the tests run. */
export class Administrator {
  private constructor(readonly client: RawClient) {}

  /** Connects to the first of the test brokers. */
  static async connect(): Promise<Administrator> {
    const [address = ''] = await testBrokers();
    const [host = '', port] = address.split(':');
    return new Administrator(new RawClient(connect(Number(port), host)));
  }

  close(): void {
    this.client.close();
  }

  async createTopics(topics: TopicRequest[], validateOnly = false): Promise<TopicAnswer[]> {
    const request = {
      topics: topics.map((topic) => ({
        numPartitions: -1,
        replicationFactor: -1,
        assignments: [],
        configs: [],
        ...topic,
      })),
      timeoutMs: 10_000,
      validateOnly,
    };
    return ((await this.client.ask(Key.CreateTopics, 7, request)) as { topics: TopicAnswer[] }).topics;
  }

  /** A new topic that can be written to. */
  async topic(options: Omit<TopicRequest, 'name'> = {}): Promise<string> {
    const name = uniqueName('contract');
    const [created] = await this.createTopics([{ name, ...options }]);
    if (created?.errorCode !== 0) throw new Error(created?.errorMessage ?? 'no answer');
    for (let partition = 0; partition < created.numPartitions; partition++) {
      await eventually(async () => (await this.fetch(name, { partition })).errorCode === 0, {
        what: `partition ${partition} of ${name} has a leader`,
      });
    }
    return name;
  }

  async deleteTopics(names: string[]): Promise<{ name: string; errorCode: number }[]> {
    const request = { topics: [], topicNames: names, timeoutMs: 10_000 };
    const answer = await this.client.ask(Key.DeleteTopics, 5, request);
    return (answer as { responses: { name: string; errorCode: number }[] }).responses;
  }

  /** Deletes topics, each by its name or, where that is null, by its id. @returns the error codes */
  async deleteTopicsByIdOrName(topics: { name: string | null; topicId: string }[]): Promise<number[]> {
    const answer = await this.client.ask(Key.DeleteTopics, 6, { topics, topicNames: [], timeoutMs: 10_000 });
    const { responses } = answer as { responses: { errorCode: number }[] };
    return responses.map(({ errorCode }) => errorCode);
  }

  async createPartitions(
    topic: { name: string; count: number; assignments?: { brokerIds: number[] }[] | null },
    validateOnly = false,
  ): Promise<Answer> {
    const request = { topics: [{ assignments: null, ...topic }], timeoutMs: 10_000, validateOnly };
    const answer = (await this.client.ask(Key.CreatePartitions, 3, request)) as { results: Answer[] };
    return answer.results[0]!;
  }

  async describe(
    name: string,
    {
      keys = null,
      type = TOPIC,
      version = 4,
    }: { keys?: string[] | null; type?: number; version?: number } = {},
  ): Promise<ConfigAnswer> {
    const request = {
      resources: [{ resourceType: type, resourceName: name, configurationKeys: keys }],
      includeSynonyms: true,
      includeDocumentation: false,
    };
    const answer = (await this.client.ask(Key.DescribeConfigs, version, request)) as {
      results: ConfigAnswer[];
    };
    return answer.results[0]!;
  }

  /** The settings that were made for a topic itself. */
  async ownConfigs(name: string): Promise<Record<string, string | null>> {
    const { configs } = await this.describe(name);
    const own = configs.filter(({ configSource }) => configSource === 1);
    return Object.fromEntries(own.map((config) => [config.name, config.value]));
  }

  async alter(
    name: string,
    configs: Record<string, string | null>,
    { type = TOPIC, validateOnly = false }: { type?: number; validateOnly?: boolean } = {},
  ): Promise<Answer> {
    const wished = Object.entries(configs).map(([key, value]) => ({ name: key, value }));
    const request = {
      resources: [{ resourceType: type, resourceName: name, configs: wished }],
      validateOnly,
    };
    const answer = (await this.client.ask(Key.AlterConfigs, 2, request)) as { responses: Answer[] };
    return answer.responses[0]!;
  }

  async alterIncrementally(
    name: string,
    configs: { name: string; configOperation: number; value: string | null }[],
    { type = TOPIC, validateOnly = false }: { type?: number; validateOnly?: boolean } = {},
  ): Promise<Answer> {
    const request = { resources: [{ resourceType: type, resourceName: name, configs }], validateOnly };
    const answer = (await this.client.ask(Key.IncrementalAlterConfigs, 1, request)) as {
      responses: Answer[];
    };
    return answer.responses[0]!;
  }

  /** Appends a record and returns the answer for its partition. */
  async produce(
    topic: string,
    { acks = -1, records, ...record }: RecordOptions & { acks?: number; records?: Buffer } = {},
  ): Promise<{ errorCode: number; baseOffset: bigint; logAppendTimeMs: bigint }> {
    const request = produceRequest({ topic }, { acks, records: records ?? oneRecord(record) });
    const answer = (await this.client.ask(Key.Produce, 8, request)) as {
      topics: { partitions: { errorCode: number; baseOffset: bigint; logAppendTimeMs: bigint }[] }[];
    };
    return answer.topics[0]!.partitions[0]!;
  }

  async fetch(
    topic: string,
    { partition = 0, offset = 0n }: { partition?: number; offset?: bigint } = {},
  ): Promise<FetchedPartition> {
    const answer = (await this.client.ask(Key.Fetch, 12, fetchRequest({ topic, partition }, { offset }))) as {
      topics: { partitions: FetchedPartition[] }[];
    };
    return answer.topics[0]!.partitions[0]!;
  }

  async deleteRecords(
    topic: string,
    offset: bigint,
    partition = 0,
  ): Promise<{ errorCode: number; lowWatermark: bigint }> {
    const request = { topics: [{ name: topic, partitions: [{ partition, offset }] }], timeoutMs: 10_000 };
    const answer = (await this.client.ask(Key.DeleteRecords, 2, request)) as {
      topics: { partitions: { errorCode: number; lowWatermark: bigint }[] }[];
    };
    return answer.topics[0]!.partitions[0]!;
  }

  /** Waits until groups are coordinated: Apache Kafka makes a topic for them when they are first asked for. */
  async untilCoordinated(): Promise<void> {
    const request = { key: 'any', keyType: 0, coordinatorKeys: [] };
    await eventually(async () => {
      const answer = (await this.client.ask(Key.FindCoordinator, 2, request)) as { errorCode: number };
      return answer.errorCode === 0 && (await this.commit('any', await this.topic(), 0n)) === 0;
    });
  }

  /** Commits an offset of partition 0 without being a member. @returns the error code */
  async commit(groupId: string, topic: string, offset: bigint): Promise<number> {
    const answer = (await this.client.ask(Key.OffsetCommit, 7, {
      groupId,
      generationId: -1,
      memberId: '',
      groupInstanceId: null,
      retentionTimeMs: -1n,
      topics: [{ name: topic, partitions: [{ partition: 0, offset, leaderEpoch: -1, metadata: '' }] }],
    })) as { topics: { partitions: { errorCode: number }[] }[] };
    return answer.topics[0]!.partitions[0]!.errorCode;
  }

  /** The committed offset of partition 0, -1 when there is none. */
  async committed(groupId: string, topic: string): Promise<bigint> {
    const request = { groupId, topics: [{ name: topic, partitions: [0] }], groups: [], requireStable: false };
    const answer = (await this.client.ask(Key.OffsetFetch, 5, request)) as {
      topics: { partitions: { offset: bigint }[] }[];
    };
    return answer.topics[0]!.partitions[0]!.offset;
  }

  /** Asks a group to forget the offset of partition 0. */
  async forgetOffset(groupId: string, topic: string): Promise<{ errorCode: number; partitions: number[] }> {
    const request = { groupId, topics: [{ name: topic, partitions: [{ partition: 0 }] }] };
    const { errorCode, topics } = (await this.client.ask(Key.OffsetDelete, 0, request)) as {
      errorCode: number;
      topics: { partitions: { errorCode: number }[] }[];
    };
    const codes = topics.flatMap(({ partitions }) => partitions.map((partition) => partition.errorCode));
    return { errorCode, partitions: codes };
  }
}
