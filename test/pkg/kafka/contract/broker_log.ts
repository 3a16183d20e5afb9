import type { Broker } from '../../../../pkg/devbroker/index.js';
import { decodeBatches } from '../../../../pkg/kafka/records/decode.js';

interface LoggedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
}

/** Everything that an embedded broker holds of a topic, read past all clients. */
export async function readTopic(broker: Broker, topic: string): Promise<LoggedRecord[]> {
  const records: LoggedRecord[] = [];
  for (const log of broker.topics.get(topic)?.partitions ?? []) {
    for (const batch of decodeBatches(Buffer.concat(log.read(log.startOffset, Infinity)), log)) {
      for (const { offset, key, value } of await batch.records()) {
        records.push({
          partition: log.partition,
          offset: Number(offset),
          key: text(key),
          value: text(value),
        });
      }
    }
  }
  return records;
}

function text(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString();
}
