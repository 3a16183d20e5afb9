import { randomUUID } from 'node:crypto';
import { type KafkaDriver } from '../../../../pkg/kafka/index.js';
import { type FollowedPartitionOptions, type PartitionBatch } from './followed_partition.js';

type Read = FollowedPartitionOptions['read'];

const JOIN_TIMEOUT_MS = 30_000;

/** Reads partitions by a group of its own each, which never commits and is gone when nobody reads. */
export function partitionRecords(driver: KafkaDriver): Read {
  return async function* ({ topic, partition, from, signal }) {
    const batches: { batch: PartitionBatch; done: () => void }[] = [];
    let failure: Error | undefined;
    let wake: () => void = () => undefined;
    const fail = (error: Error): void => {
      failure = error;
      wake();
    };
    const onAbort = (): void => {
      wake();
    };
    const consumer = driver.consumer(
      {
        groupId: `view-${randomUUID()}`,
        topics: [{ topic, fromBeginning: true }],
        sessionTimeoutMs: 30_000,
        rebalanceTimeoutMs: 60_000,
        heartbeatIntervalMs: 3_000,
      },
      {
        onAssigned: () => undefined,
        onRebalancing: () => undefined,
        onRevoked: () => undefined,
        onCrashed: fail,
        async onBatch(fetched) {
          const { records, nextOffset } = fetched;
          if (fetched.partition === partition) {
            const messages = records
              .filter(({ offset }) => offset >= BigInt(from))
              .map((record) => ({ ...record, topic, partition, offset: String(record.offset), attempt: 1 }));
            await new Promise<void>((done) => {
              batches.push({ batch: { messages, nextOffset: String(nextOffset) }, done });
              wake();
            });
          }
          fetched.resolve(nextOffset - 1n);
          await fetched.heartbeat();
        },
      },
    );
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await consumer.start(JOIN_TIMEOUT_MS);
      for (;;) {
        if (signal.aborted) return;
        if (failure) throw failure;
        const next = batches.shift();
        if (next) {
          yield next.batch;
          next.done();
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      for (const { done } of batches) done();
      await consumer.stop();
    }
  };
}
