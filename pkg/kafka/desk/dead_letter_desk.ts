import type { KafkaAdmin } from '../admin.js';
import type { KafkaDriver } from '../driver.js';
import { InvalidMessage } from '../errors.js';
import type { KafkaManager } from '../manager.js';
import type { PublishReceipt } from '../message.js';
import { readPartition } from '../reader/partition_reader.js';
import {
  DEAD_LETTERS,
  type DeadLetter,
  type DeadLetterFilter,
  deadLetterOf,
  isMeant,
} from './dead_letter.js';
import {
  DecidedLetters,
  decidedLetters,
  type Decision,
  decisionsTopic,
  ensureDecisions,
} from './decisions.js';

const REPLAYS = '-retry-0';

/** What a {@link DeadLetterDesk} works with. */
export interface DeadLetterDeskOptions {
  readonly driver: KafkaDriver;
  readonly admin: KafkaAdmin;
  /** Sends replays and decisions. */
  readonly kafka: Pick<KafkaManager, 'sendMessage'>;
  /** Who decides, for the record. */
  readonly by: string;
}

/**
 * Where people decide what becomes of dead letters: each is replayed to the group that failed, or discarded.
 * Every decision is on record in `<topic>.<group>-dlt-decisions`, which is kept for good, and a letter that is
 * decided does not come up again. The position of the group `<topic>.<group>-dlt` moves over what is decided
 * without a gap, so that its lag tells how much may be left.
 *
 * A replay that is interrupted between the message and its record is done again with the next call, as is one
 * of two people who decide at once: handlers see the message twice.
 */
export class DeadLetterDesk {
  constructor(private readonly options: DeadLetterDeskOptions) {}

  /**
   * The topics of dead letters, of one topic or group or of all. Where names have dots, those of others may lie
   * there as well: the filter of {@link pending} tells them apart.
   */
  async topics({ topic, group }: Pick<DeadLetterFilter, 'topic' | 'group'>): Promise<string[]> {
    const all = (await this.options.admin.listTopics()).filter((name) => name.endsWith(DEAD_LETTERS));
    if (topic !== undefined && group !== undefined) {
      return all.filter((name) => name === `${topic}.${group}${DEAD_LETTERS}`);
    }
    return all.filter(
      (name) =>
        (topic === undefined || name.startsWith(`${topic}.`)) &&
        (group === undefined || name.endsWith(`.${group}${DEAD_LETTERS}`)),
    );
  }

  /**
   * The letters of a topic of dead letters that are not decided, by partition and in order.
   * @throws UnknownTopic
   */
  async *pending(
    deadLetters: string,
    filter: DeadLetterFilter = {},
    signal?: AbortSignal,
  ): AsyncGenerator<DeadLetter> {
    for (const { partition, from, decided } of await this.#undecided(deadLetters)) {
      const batches = readPartition(this.options.driver, {
        topic: deadLetters,
        partition,
        from,
        to: 'end',
        signal,
      });
      for await (const { records } of batches) {
        for (const record of records) {
          const letter = deadLetterOf(record);
          if (!decided.has(record) && isMeant(letter, filter)) yield letter;
        }
      }
    }
  }

  /**
   * Prepares for decisions about these dead letters.
   * @throws UnknownTopic, also when the group does not take replays; TopicNotCreated
   */
  async open(deadLetters: string, action: Decision['action']): Promise<void> {
    const { admin } = this.options;
    if (action === 'replayed') await admin.topicOffsets(replaysOf(deadLetters));
    await ensureDecisions(admin, deadLetters);
  }

  /** Hands a letter to its group again, byte for byte, and puts that on record. Call {@link open} before. */
  async replay({ record }: DeadLetter): Promise<Decision> {
    const { topic, partition, key, value, headers } = record;
    const send = (target: number | undefined): Promise<PublishReceipt> =>
      this.options.kafka.sendMessage(replaysOf(topic), key, value, { headers, partition: target });
    const to = await send(partition).catch((error: unknown) => {
      // The topic of replays has fewer partitions than there are of dead letters.
      if (error instanceof InvalidMessage) return send(undefined);
      throw error;
    });
    return this.#decide(record, { action: 'replayed', reason: null, to });
  }

  /** Puts on record that nothing more is done about a letter. Call {@link open} before. */
  discard({ record }: DeadLetter, reason: string): Promise<Decision> {
    return this.#decide(record, { action: 'discarded', reason, to: null });
  }

  /** Moves the position over what is decided, for the lag to tell what is left. */
  async advance(deadLetters: string): Promise<void> {
    const moved: { topic: string; partition: number; offset: bigint }[] = [];
    for (const { partition, from, decided } of await this.#undecided(deadLetters)) {
      const offset = await this.#firstUndecided({ topic: deadLetters, partition, from }, decided);
      if (offset > from) moved.push({ topic: deadLetters, partition, offset });
    }
    if (moved.length > 0) await this.options.admin.setGroupOffsets(deadLetters, moved);
  }

  async #firstUndecided(
    { topic, partition, from }: { topic: string; partition: number; from: bigint },
    decided: DecidedLetters,
  ): Promise<bigint> {
    let position = from;
    const batches = readPartition(this.options.driver, { topic, partition, from, to: 'end' });
    for await (const { records, nextOffset } of batches) {
      const left = records.find((record) => !decided.has(record));
      if (left !== undefined) return BigInt(left.offset);
      position = nextOffset;
    }
    return position;
  }

  /** The partitions in which something may be left, from where on, and what is decided there. */
  async #undecided(
    deadLetters: string,
  ): Promise<{ partition: number; from: bigint; decided: DecidedLetters }[]> {
    const { admin, driver } = this.options;
    const ends = await admin.topicOffsets(deadLetters);
    const committed = await admin.groupOffsets(deadLetters, [deadLetters]);
    const starts = ends.flatMap(({ partition, low, high }) => {
      const position = BigInt(committed.find((one) => one.partition === partition)?.offset ?? low);
      const isThere = position >= BigInt(low) && position <= BigInt(high);
      const from = isThere ? position : BigInt(low);
      return from < BigInt(high) ? [{ partition, from }] : [];
    });
    const decisions = decisionsTopic(deadLetters);
    const anyRecorded = (await admin.listTopics()).includes(decisions);
    // It may have fewer partitions than there are of dead letters by now: nothing was decided about the others.
    const recorded = anyRecorded ? await admin.topicOffsets(decisions) : [];
    return Promise.all(
      starts.map(async ({ partition, from }) => {
        const anyDecided = recorded.some((one) => one.partition === partition);
        const decided = anyDecided
          ? await decidedLetters(driver, deadLetters, partition)
          : new DecidedLetters();
        return { partition, from, decided };
      }),
    );
  }

  async #decide(
    { topic, partition, offset, timestamp }: DeadLetter['record'],
    made: Pick<Decision, 'action' | 'reason' | 'to'>,
  ): Promise<Decision> {
    const { by, kafka } = this.options;
    const decision: Decision = { ...made, at: new Date().toISOString(), by, partition, offset, timestamp };
    const key = `${partition}@${offset}`;
    await kafka.sendMessage(decisionsTopic(topic), key, JSON.stringify(decision), { partition });
    return decision;
  }
}

function replaysOf(deadLetters: string): string {
  return `${deadLetters.slice(0, -DEAD_LETTERS.length)}${REPLAYS}`;
}
