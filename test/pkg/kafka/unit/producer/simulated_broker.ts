import type {
  DriverProducer,
  PartitionBatch,
  PartitionOutcome,
  TopicPartition,
} from '../../../../../pkg/kafka/driver.js';
import { DriverError } from '../../../../../pkg/kafka/index.js';

/** What happens to a batch on its way. */
export type Fate =
  'stored' | 'not stored' | 'stored, answer lost' | 'lost' | 'refused' | 'producer forgotten';

interface Sequence {
  id: number;
  next: number;
  forgotten: boolean;
}

/**
 * The broker's side of idempotence: an append is recognised by producer id and number. Numbers are given out
 * as the port promises, per client producer and partition, so that what breaks the promise stores a message
 * twice, loses one, or shows in `violations`.
 */
export class SimulatedBroker {
  readonly logs = new Map<number, string[]>();
  readonly violations: string[] = [];
  readonly #appended = new Map<string, bigint>();
  #nextId = 0;

  /** @param fate decides over the next batch @param delay lets answers come in any order */
  constructor(
    private readonly fate: () => Fate,
    private readonly delay: () => Promise<void>,
  ) {}

  producer(): DriverProducer {
    const sequences = new Map<number, Sequence>();
    const unsure = new Map<number, string>();
    const inFlight = new Set<number>();
    return {
      connect: async () => undefined,
      describe: async (topics) => topics.map((topic) => ({ topic, leaders: [1, 1, 2] })),
      send: async (_node, batches) => {
        for (const { partition } of batches) {
          if (inFlight.has(partition)) this.violations.push(`two batches for partition ${partition}`);
          inFlight.add(partition);
        }
        await this.delay();
        const outcomes = batches.map((batch) => {
          const content = JSON.stringify(batch.records.map(({ value }) => String(value)));
          const former = unsure.get(batch.partition);
          if (former !== undefined && former !== content) this.violations.push('an unsure batch was changed');
          const sequence = sequences.get(batch.partition) ?? {
            id: (this.#nextId += 1),
            next: 0,
            forgotten: false,
          };
          sequences.set(batch.partition, sequence);
          const outcome = this.#append(batch, sequence);
          if (outcome.kind === 'unknown') unsure.set(batch.partition, content);
          else if (outcome.kind !== 'retry') unsure.delete(batch.partition);
          return outcome;
        });
        await this.delay();
        for (const { partition } of batches) inFlight.delete(partition);
        return outcomes;
      },
      renounce: ({ partition }: TopicPartition) => {
        sequences.delete(partition);
        unsure.delete(partition);
      },
      disconnect: async () => undefined,
    };
  }

  #append({ partition, records }: PartitionBatch, sequence: Sequence): PartitionOutcome {
    if (sequence.forgotten) this.violations.push('numbers were used that the broker had forgotten');
    const fate = this.fate();
    const error = new DriverError('failed', fate);
    if (fate === 'not stored') return { kind: 'retry', error };
    if (fate === 'lost') return { kind: 'unknown', error };
    if (fate === 'producer forgotten') {
      sequence.forgotten = true;
      return { kind: 'stale', error };
    }
    if (fate === 'refused') {
      return {
        kind: 'refused',
        error: new DriverError('refused', fate, { protocolError: 'INVALID_RECORD' }),
      };
    }
    const number = `${partition}/${sequence.id}/${sequence.next}`;
    const log = this.logs.get(partition) ?? [];
    this.logs.set(partition, log);
    const baseOffset = this.#appended.get(number) ?? BigInt(log.length);
    if (!this.#appended.has(number)) {
      this.#appended.set(number, baseOffset);
      log.push(...records.map(({ value }) => String(value)));
    }
    if (fate === 'stored, answer lost') return { kind: 'unknown', error };
    sequence.next += records.length;
    return { kind: 'stored', baseOffset };
  }
}
