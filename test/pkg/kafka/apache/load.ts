import { setTimeout as pause } from 'node:timers/promises';
import { KafkaManager, type KafkaDriver } from '../../../../pkg/kafka/index.js';
import { eventually } from '../../../support/eventually.js';
import { uniqueName } from '../../../support/broker.js';

const KEYS = 16;
const SEND_EVERY_MS = 10;
const SENT_AT_ONCE = 5;
const SETTLE_MS = 120_000;
const PING_MS = 2_000;

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
  /** Milliseconds: the longest wait for an acknowledgement, and between two deliveries. */
  readonly longestSend: number;
  readonly longestGap: number;
}

/**
 * A steady load of keyed messages and a group of two members that consumes them, which keeps account of what
 * was acknowledged and what was delivered.
 */
export class Load {
  readonly manager: KafkaManager;
  readonly #groupId = uniqueName('load');
  readonly #consumers: KafkaManager[];
  readonly #sends: Promise<void>[] = [];
  readonly #acknowledged = new Set<string>();
  /** By message, the place in which it was first delivered. */
  readonly #delivered = new Map<string, string>();
  readonly #lastOfKey = new Map<string, number>();
  readonly #rejected: string[] = [];
  readonly #outOfOrder: string[] = [];
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
    const member = new KafkaManager(this.openDriver(), {
      consumer: { sessionTimeoutMs: 6_000, commitIntervalMs: 500 },
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

  /** Waits until so many more messages are acknowledged and the last of them is delivered. */
  async goesOn(messages = 1_000): Promise<void> {
    const [sent, got] = [this.#acknowledged.size + messages, this.#delivered.size + messages];
    await eventually(() => this.#acknowledged.size >= sent && this.#delivered.size >= got, {
      timeoutMs: SETTLE_MS,
      what: () =>
        `${this.#acknowledged.size} of ${sent} acknowledged, ${this.#delivered.size} of ${got} delivered`,
    });
  }

  /** What a readiness probe would ask: a broker answers, and both members are in their group. */
  async ready(): Promise<boolean> {
    const answers = await this.manager.ping({ timeoutMs: PING_MS }).then(
      () => true,
      () => false,
    );
    return answers && this.#consumers.every((consumer) => consumer.health().ok);
  }

  /** Ends the sending, waits until everything has its outcome and all that was acknowledged has come. */
  async finish(): Promise<LoadFigures> {
    this.#running = false;
    await this.#sending;
    await Promise.all(this.#sends);
    const lost = (): string[] => [...this.#acknowledged].filter((id) => !this.#delivered.has(id));
    // What has not come by then is lost, which is for the test to say.
    await eventually(() => lost().length === 0, { timeoutMs: SETTLE_MS }).catch(() => undefined);
    await this.close();
    return {
      acknowledged: this.#acknowledged.size,
      rejected: this.#rejected,
      lost: lost(),
      outOfOrder: this.#outOfOrder,
      duplicates: this.#duplicates,
      storedTwice: this.#storedTwice,
      longestSend: Math.round(this.#longestSend),
      longestGap: Math.round(this.#longestGap),
    };
  }

  async close(): Promise<void> {
    this.#running = false;
    await Promise.all([this.manager, ...this.#consumers].map((manager) => manager.close()));
  }

  async #send(): Promise<void> {
    for (let number = 0; this.#running; number += SENT_AT_ONCE) {
      for (let each = number; each < number + SENT_AT_ONCE; each += 1) this.#sends.push(this.#sendOne(each));
      await pause(SEND_EVERY_MS);
    }
  }

  async #sendOne(number: number): Promise<void> {
    const id = `key-${number % KEYS}/${number}`;
    const began = performance.now();
    try {
      await this.manager.sendMessage(this.topic, `key-${number % KEYS}`, id);
      this.#acknowledged.add(id);
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
    const last = this.#lastOfKey.get(key) ?? -1;
    if (Number(number) < last) this.#outOfOrder.push(id);
    this.#lastOfKey.set(key, Math.max(last, Number(number)));
  }
}
