import { setTimeout as pause } from 'node:timers/promises';
import { KafkaManager, type KafkaDriver } from '../../../../pkg/kafka/index.js';
import { eventually } from '../../../support/eventually.js';
import { uniqueName } from '../../../support/broker.js';

const KEYS = 16;
const SEND_EVERY_MS = 10;
const SETTLE_MS = 120_000;
const PING_MS = 2_000;
const COMMIT_INTERVAL_MS = 500;
const SESSION_TIMEOUT_MS = 6_000;

const keyName = (number: number): string => `key-${number}`;
const KEY_NAMES = Array.from({ length: KEYS }, (_, number) => keyName(number));

/** What became of all that was sent. */
export interface LoadFigures {
  readonly acknowledged: number;
  /** Sends that rejected, by the code of their error. */
  readonly rejected: readonly string[];
  /** Acknowledged messages that no consumer got. */
  readonly lost: readonly string[];
  /** Messages that came, for the first time, after a later one of their key. */
  readonly outOfOrder: readonly string[];
  /** Deliveries of messages that had been delivered before. */
  readonly duplicates: number;
  /** Those of them that stand in the topic twice. */
  readonly storedTwice: number;
  /** How often the group came together anew since {@link Load.countRejoins}, or the start. */
  readonly rejoined: number;
  /** Milliseconds: the longest wait for an acknowledgement, and between two deliveries. */
  readonly longestSend: number;
  readonly longestGap: number;
}

/**
 * A steady load of keyed messages and a group of two members that consumes them, which keeps account of what
 * was acknowledged and what was delivered.
 */
export class Load {
  /** Messages, and so what may just be handled when a member has to give its partitions up. */
  static readonly SENT_AT_ONCE = 5;

  readonly manager: KafkaManager;
  readonly #groupId = uniqueName('load');
  readonly #consumers: KafkaManager[];
  readonly #sends: Promise<void>[] = [];
  readonly #acknowledged = new Set<string>();
  readonly #acknowledgedOfKey = new Tally();
  readonly #deliveredOfKey = new Tally();
  /** By message, the place in which it was first delivered. */
  readonly #delivered = new Map<string, string>();
  readonly #lastOfKey = new Map<string, number>();
  readonly #rejected: string[] = [];
  readonly #outOfOrder: string[] = [];
  /** How often each member was given partitions. */
  readonly #joins: number[] = [];
  #duplicates = 0;
  #storedTwice = 0;
  #longestSend = 0;
  #longestGap = 0;
  #lastDelivery = performance.now();
  #running = true;
  #sending: Promise<void> | undefined;

  constructor(
    private readonly openDriver: () => KafkaDriver,
    private readonly topic: string,
  ) {
    this.manager = new KafkaManager(openDriver());
    this.#consumers = [this.newMember(), this.newMember()];
  }

  /** A further member of the group, not started yet; to be closed by whoever asked for it. */
  newMember(): KafkaManager {
    const index = this.#joins.push(0) - 1;
    const member = new KafkaManager(this.openDriver(), {
      consumer: { sessionTimeoutMs: SESSION_TIMEOUT_MS, commitIntervalMs: COMMIT_INTERVAL_MS },
      onEvent: ({ type }) => {
        if (type === 'rebalanced') this.#joins[index] = (this.#joins[index] ?? 0) + 1;
      },
    });
    member.addConsumer(this.topic, this.#groupId, async ({ value, partition, offset }) => {
      this.#deliver(String(value), `${partition}/${offset}`);
    });
    return member;
  }

  async start(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.startAllConsumers()));
    this.#lastDelivery = performance.now();
    this.#sending = this.#send();
  }

  /**
   * Waits until so many more messages are acknowledged and delivered, an equal share of them of each key: so every
   * partition that the load uses goes on.
   */
  async goesOn(messages = 1_000): Promise<void> {
    const share = Math.ceil(messages / KEYS);
    const tallies = [this.#acknowledgedOfKey, this.#deliveredOfKey];
    const goals = tallies.map((tally) => KEY_NAMES.map((key) => tally.of(key) + share));
    const missing = (): number[] =>
      tallies.map((tally, index) =>
        KEY_NAMES.reduce((sum, key, at) => sum + Math.max(0, (goals[index]?.[at] ?? 0) - tally.of(key)), 0),
      );
    await eventually(() => missing().every((count) => count === 0), {
      timeoutMs: SETTLE_MS,
      what: () => `of ${messages} messages ${missing().join(' not acknowledged, ')} not delivered`,
    });
  }

  /** What a readiness probe would ask: a broker answers, and both members are in their group. */
  async ready(): Promise<boolean> {
    const { answers, joined } = await this.readiness();
    return answers && joined;
  }

  /** Counts how often the group comes together from now on. */
  countRejoins(): void {
    this.#joins.fill(0);
  }

  /** Both halves of it by themselves. */
  async readiness(timeoutMs = PING_MS): Promise<{ answers: boolean; joined: boolean }> {
    const answers = await this.manager.ping({ timeoutMs }).then(
      () => true,
      () => false,
    );
    return { answers, joined: this.#consumers.every((consumer) => consumer.health().ok) };
  }

  /** Ends the sending, waits until everything has its outcome and all that was acknowledged has come. */
  async settle(): Promise<void> {
    this.#running = false;
    await this.#sending;
    await Promise.all(this.#sends);
    // What has not come by then is lost, which is for the test to say.
    await eventually(() => this.#lost().length === 0, { timeoutMs: SETTLE_MS }).catch(() => undefined);
  }

  /** Settles, closes, and says what became of it all. */
  async finish(): Promise<LoadFigures> {
    await this.settle();
    // Members that leave one after the other are no fault.
    const rejoined = Math.max(...this.#joins);
    await this.close();
    return {
      acknowledged: this.#acknowledged.size,
      rejected: this.#rejected,
      lost: this.#lost(),
      outOfOrder: this.#outOfOrder,
      duplicates: this.#duplicates,
      storedTwice: this.#storedTwice,
      rejoined,
      longestSend: Math.round(this.#longestSend),
      longestGap: Math.round(this.#longestGap),
    };
  }

  async close(): Promise<void> {
    this.#running = false;
    await Promise.all([this.manager, ...this.#consumers].map((manager) => manager.close()));
  }

  #lost(): string[] {
    return [...this.#acknowledged].filter((id) => !this.#delivered.has(id));
  }

  async #send(): Promise<void> {
    for (let number = 0; this.#running; number += Load.SENT_AT_ONCE) {
      for (let each = number; each < number + Load.SENT_AT_ONCE; each += 1)
        this.#sends.push(this.#sendOne(each));
      await pause(SEND_EVERY_MS);
    }
  }

  async #sendOne(number: number): Promise<void> {
    const key = keyName(number % KEYS);
    const id = `${key}/${number}`;
    const began = performance.now();
    try {
      await this.manager.sendMessage(this.topic, key, id);
      this.#acknowledged.add(id);
      this.#acknowledgedOfKey.add(key);
    } catch (error) {
      this.#rejected.push((error as { code?: string }).code ?? String(error));
    }
    this.#longestSend = Math.max(this.#longestSend, performance.now() - began);
  }

  #deliver(id: string, place: string): void {
    const now = performance.now();
    this.#longestGap = Math.max(this.#longestGap, now - this.#lastDelivery);
    this.#lastDelivery = now;
    const before = this.#delivered.get(id);
    if (before !== undefined) {
      this.#duplicates += 1;
      if (before !== place) this.#storedTwice += 1;
      return;
    }
    this.#delivered.set(id, place);
    const [key = '', number] = id.split('/');
    this.#deliveredOfKey.add(key);
    const last = this.#lastOfKey.get(key) ?? -1;
    if (Number(number) < last) this.#outOfOrder.push(id);
    this.#lastOfKey.set(key, Math.max(last, Number(number)));
  }
}

/** How many there were of each key. */
class Tally {
  readonly #counts = new Map<string, number>();

  add(key: string): void {
    this.#counts.set(key, this.of(key) + 1);
  }

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }
}

/**
 * So many messages may come again each time the group comes together after a fault: members then go on from what was
 * committed. That is at most one interval old, and another one where the fault took the answer of the commit after it;
 * in that time the load brings its rate of messages to all partitions together, whoever reads them. What was read and
 * not handled, in batches or in lanes, comes for the first time. While the group stays together members keep their
 * place, and nothing may come again.
 */
export const REPEATED_AT_MOST = (2 * COMMIT_INTERVAL_MS * Load.SENT_AT_ONCE) / SEND_EVERY_MS;
