import { answerWithin } from '../answer_within.js';
import { CODECS } from '../codecs/codec.js';
import {
  DriverError,
  type DriverProducer,
  type PartitionBatch,
  type PartitionOutcome,
  type TopicLeaders,
} from '../driver.js';
import { encodeBatch } from '../records/encode.js';
import type { ConnectionOptions } from './client.js';
import { toDriverError } from './errors.js';
import { checksum, protocolError } from './internals.js';
import { ClusterLink } from './link.js';
import { outcomeOf } from './outcomes.js';
import { ProducerIdentity, type ProducerId } from './producer_identity.js';
import { tellingRight } from './rights.js';
import type { TopicMetadata } from './wire/metadata.js';
import { produce, type ProduceBatch } from './wire/produce.js';

/** What the leader may wait for the other in-sync replicas. */
const REPLICATION_TIMEOUT_MS = 30_000;
/** On top of it, for the way there and back, before the connection counts as broken. */
const GRACE_MS = 2_000;

/** Opens an idempotent producer over kafkajs's connections; nothing is connected before it is used. */
export function createProducer(options: ConnectionOptions): DriverProducer {
  const link = new ClusterLink(options);
  const identity = new ProducerIdentity(link);

  const told = (error: DriverError, topic: string): DriverError =>
    tellingRight(options.access, error, 'WRITE', 'topic', topic);

  const encode = (batches: readonly PartitionBatch[], id: ProducerId): Promise<ProduceBatch[]> =>
    Promise.all(
      batches.map(async ({ topic, partition, records, compression }) => ({
        topic,
        partition,
        bytes: await encodeBatch(records, {
          stamp: identity.stamp({ topic, partition }, id),
          codec: compression === 'none' ? undefined : CODECS[compression],
          checksum,
        }),
      })),
    );

  return {
    async connect(timeoutMs) {
      const ready = async () => {
        await link.metadata([], timeoutMs);
        await identity.obtain();
      };
      await answerWithin(ready(), timeoutMs);
    },

    async describe(topics, timeoutMs) {
      const found = await link.metadata(topics, timeoutMs);
      return topics.map((topic) => {
        const { error, ...leaders } = toLeaders(topic, found.topics);
        return error === undefined ? leaders : { ...leaders, error: told(error, topic) };
      });
    },

    async send(node, batches) {
      let sent = false;
      try {
        const id = await identity.obtain();
        const encodeAndMark = async () => {
          const encoded = await encode(batches, id);
          sent = true;
          return encoded;
        };
        const call = {
          ...produce(encodeAndMark, REPLICATION_TIMEOUT_MS),
          timeoutMs: REPLICATION_TIMEOUT_MS + GRACE_MS,
        };
        const answers = await link.request(node, call);
        return batches.map((batch) => {
          const answer = answers.find((a) => a.topic === batch.topic && a.partition === batch.partition);
          const outcome = outcomeOf(answer);
          if (outcome.kind !== 'stored') return { ...outcome, error: told(outcome.error, batch.topic) };
          identity.advance(batch, batch.records.length);
          return outcome;
        });
      } catch (error) {
        const failure = toDriverError(error);
        return batches.map((): PartitionOutcome => ({ kind: sent ? 'unknown' : 'retry', error: failure }));
      }
    },

    renounce: (partition) => {
      identity.renounce(partition);
    },

    async disconnect() {
      link.close();
    },
  };
}

function toLeaders(topic: string, described: readonly TopicMetadata[]): TopicLeaders {
  const found = described.find((candidate) => candidate.topic === topic);
  if (found === undefined) {
    return { topic, leaders: [], error: new DriverError('failed', 'the broker did not describe it') };
  }
  if (found.errorCode !== 0) {
    return { topic, leaders: [], error: toDriverError(protocolError(found.errorCode)) };
  }
  const leaders = new Array<number | undefined>(found.partitions.length).fill(undefined);
  for (const { partition, leader } of found.partitions) if (leader >= 0) leaders[partition] = leader;
  return { topic, leaders };
}
