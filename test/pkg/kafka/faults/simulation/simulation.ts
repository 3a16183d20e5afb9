import { startBroker, type Broker } from '../../../../../pkg/devbroker/index.js';
import {
  createKafkajsDriver,
  deadLetterTopic,
  InfrastructureError,
  KafkaManager,
  readPartition,
  retryTopic,
  type HandlerContext,
  type IncomingMessage,
  type KafkaDriver,
} from '../../../../../pkg/kafka/index.js';
import { Random } from '../../../../support/random.js';
import { silent } from '../../contract/harness.js';
import { Network } from './network.js';
import { mishap } from './mishaps.js';
import type { VirtualTime } from './virtual_time.js';
import { Witness } from './witness.js';

const GROUP = 'g';
const TOPICS: Readonly<Record<string, number>> = { a: 4, b: 3 };
const MEMBERS = 8;
const KEYS = 10;
const HANDLER_TIMEOUT_MS = 3_000;
const MESSAGES = 400;
/** One message is sent so often, in milliseconds. */
const SEND_EVERY_MS = 50;
/** After the last mishap everything must be done in this time: sessions, retries and backoffs included. */
const RECOVERY_MS = 240_000;

/** A process that reads in the group. */
interface Member {
  readonly name: string;
  readonly network: Network;
  readonly manager: KafkaManager;
}

/** How a simulation ended. */
export interface Outcome {
  /** What broke a promise; empty when nothing did. */
  readonly violations: readonly string[];
  /** The same for two runs in which the same happened at the same times. */
  readonly digest: string;
  readonly generations: number;
  readonly deadLetters: number;
}

/** Up to eight members of a group join, leave, lose their connections and fail, all at the whim of a seed. */
export class Simulation {
  readonly #random: Random;
  readonly #witness: Witness;
  readonly #slots: (Member | undefined)[] = new Array<undefined>(MEMBERS).fill(undefined);
  readonly #leaving = new Set<Promise<void>>();
  readonly #sent: { readonly place: string; readonly offset: number }[] = [];
  readonly #own: KafkaDriver;
  #names = 0;
  #generations = 0;
  #downUntil = 0;

  private constructor(
    seed: number,
    private readonly time: VirtualTime,
    private readonly broker: Broker,
  ) {
    this.#random = new Random(seed);
    this.#witness = new Witness({
      broker,
      groupId: GROUP,
      now: () => time.now,
      handlerTimeoutMs: HANDLER_TIMEOUT_MS,
    });
    this.#own = this.#driver(new Network(broker));
  }

  /** Runs one to its end. @throws Error when something does not come to an end */
  static async run(seed: number, time: VirtualTime): Promise<Outcome> {
    const topics = Object.entries(TOPICS).flatMap(([topic, partitions]) => [
      [topic, partitions] as const,
      [deadLetterTopic(topic, GROUP), partitions] as const,
      [retryTopic(topic, GROUP, 0), partitions] as const,
    ]);
    const broker = await startBroker({ advertisedNodes: 2, topics: Object.fromEntries(topics) });
    try {
      return await new Simulation(seed, time, broker).#run();
    } finally {
      await time.run('the broker stops', broker.stop(), 60_000);
    }
  }

  async #run(): Promise<Outcome> {
    const { time } = this;
    const producer = new KafkaManager(this.#own, {});
    await time.run('mishaps', Promise.all([this.#send(producer), this.#mishaps()]), 120_000);
    this.#calm();
    await time.run(
      'the group recovers',
      time.until(() => this.#sent.every(({ place, offset }) => this.#witness.committed(place) > offset)),
      RECOVERY_MS,
    );
    const deadLetters = await time.run('reading dead letters', this.#readDeadLetters(), 10_000);
    for (const member of this.#slots) if (member !== undefined) this.#leave(member);
    await time.run('closing', Promise.all([...this.#leaving, producer.close()]), 60_000);
    this.#compare(deadLetters);
    const { violations, digest } = this.#witness;
    return { violations, digest, generations: this.#generations, deadLetters: deadLetters.size };
  }

  async #send(producer: KafkaManager): Promise<void> {
    const sending: Promise<void>[] = [];
    for (let i = 0; i < MESSAGES; i += 1) {
      const topic = this.#random.integer(0, 2) === 0 ? 'b' : 'a';
      const key = `k${this.#random.integer(0, KEYS - 1)}`;
      sending.push(
        producer.sendMessage(topic, key, this.#temper()).then(({ partition, offset }) => {
          this.#sent.push({ place: `${topic}/${partition}`, offset: Number(offset) });
        }),
      );
      await this.time.pass(SEND_EVERY_MS);
    }
    await Promise.all(sending);
  }

  /** How a message's handling goes. */
  #temper(): string {
    const dice = this.#random.integer(0, 99);
    if (dice < 2) return 'poison';
    if (dice < 10) return 'flaky';
    if (dice < 14) return `slow ${this.#random.integer(300, 4_000)}`;
    return `quick ${this.#random.integer(0, 20)}`;
  }

  async #handle(member: string, message: IncomingMessage, context: HandlerContext): Promise<void> {
    const end = this.#witness.begin(member, message, context);
    let handled = false;
    try {
      const [kind, ms] = String(message.value).split(' ');
      await this.time.pass(Number(ms ?? 5));
      if (this.time.now < this.#downUntil) throw new InfrastructureError('a database is down');
      if (kind === 'poison' || (kind === 'flaky' && context.attempt === 1)) throw new Error(kind);
      handled = true;
    } finally {
      end(handled);
    }
  }

  async #mishaps(): Promise<void> {
    const until = this.time.now + MESSAGES * SEND_EVERY_MS;
    for (const slot of [0, 1, 2]) this.#toggle(slot);
    while (this.time.now < until) {
      await this.time.pass(this.#random.integer(100, 1_500));
      this.#mishap();
    }
  }

  #mishap(): void {
    const slot = this.#random.integer(0, MEMBERS - 1);
    const network = this.#slots[slot]?.network;
    switch (this.#random.integer(0, 6)) {
      case 0:
      case 1:
        this.#toggle(slot);
        return;
      case 2:
        network?.cut(() => this.#random.integer(0, 1) === 0);
        return;
      case 3:
        if (network !== undefined) this.#isolate(network, this.#random.integer(500, 10_000));
        return;
      case 4:
        this.#downUntil = this.time.now + this.#random.integer(200, 3_000);
        return;
      default:
        this.broker.faults.add(mishap(this.#random));
    }
  }

  #isolate(network: Network, ms: number): void {
    network.up = false;
    network.cut();
    setTimeout(() => {
      network.up = true;
    }, ms);
  }

  /** Lets a member join where there is none, else leave. */
  #toggle(slot: number): void {
    const member = this.#slots[slot];
    if (member === undefined) {
      this.#slots[slot] = this.#join();
    } else {
      this.#slots[slot] = undefined;
      this.#leave(member);
    }
  }

  #join(): Member {
    this.#names += 1;
    const name = `member${this.#names}`;
    const network = new Network(this.broker);
    this.#witness.note('join', name);
    const manager = new KafkaManager(this.#driver(network), {
      consumer: {
        sessionTimeoutMs: 6_000,
        heartbeatIntervalMs: 1_000,
        rebalanceTimeoutMs: 10_000,
        startTimeoutMs: 120_000,
        drainTimeoutMs: 2_000,
        commitIntervalMs: 300,
        concurrency: 8,
        maxBufferedMessages: 60,
        provision: false,
        floodGuard: false,
      },
      onEvent: (event) => {
        if (event.type === 'rebalanced') {
          this.#generations += 1;
          this.#witness.assigned(name);
        }
        if (event.type === 'dead-lettered') {
          this.#witness.finished(`${event.topic}/${event.partition}`, Number(event.offset));
        }
      },
    });
    for (const topic of Object.keys(TOPICS)) {
      manager.addConsumer(topic, GROUP, (message, context) => this.#handle(name, message, context), {
        handlerTimeoutMs: HANDLER_TIMEOUT_MS,
        retry: { maxAttempts: 3, initialDelayMs: 50, maxDelayMs: 200 },
        infrastructureBackoff: { initialMs: 100, maxMs: 1_000 },
      });
    }
    const member = { name, network, manager };
    manager.startAllConsumers().catch(() => {
      // It found no broker in its time: another may join in its place.
      const slot = this.#slots.indexOf(member);
      if (slot >= 0) this.#toggle(slot);
    });
    return member;
  }

  #leave({ name, manager }: Member): void {
    this.#witness.note('leave', name);
    const leaving = manager.close();
    this.#leaving.add(leaving);
    void leaving.then(() => this.#leaving.delete(leaving));
  }

  /** No more mishaps; somebody is there to do the work. */
  #calm(): void {
    this.broker.faults.clear();
    this.#downUntil = 0;
    for (const member of this.#slots) if (member !== undefined) member.network.up = true;
    this.#slots[0] ??= this.#join();
  }

  /** The messages of which there are dead letters, as `topic/partition/offset`. */
  async #readDeadLetters(): Promise<Set<string>> {
    const found = new Set<string>();
    for (const [source, partitions] of Object.entries(TOPICS)) {
      for (let partition = 0; partition < partitions; partition += 1) {
        const topic = deadLetterTopic(source, GROUP);
        for await (const { records } of readPartition(this.#own, {
          topic,
          partition,
          from: 'earliest',
          to: 'end',
        })) {
          for (const { headers } of records) {
            const offset = headers['kafka_dlt-original-offset'] as Buffer;
            found.add(`${source}/${partition}/${offset.readBigInt64BE()}`);
          }
        }
      }
    }
    return found;
  }

  /** Everything that was sent was handled, or is a dead letter. */
  #compare(deadLetters: ReadonlySet<string>): void {
    for (const { place, offset } of this.#sent) {
      if (!this.#witness.isFinished(place, offset) && !deadLetters.has(`${place}/${offset}`)) {
        this.#witness.violated(`${place} ${offset} was lost`);
      }
    }
    if (this.#sent.length !== MESSAGES) this.#witness.violated('not all was sent');
  }

  #driver(network: Network): KafkaDriver {
    const { brokers } = this.broker;
    const { socketFactory } = network;
    return createKafkajsDriver({ brokers, clientId: 'simulation', logger: silent, socketFactory });
  }
}
