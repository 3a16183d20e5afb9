import { startBroker, type Broker } from '../../../../pkg/devbroker/index.js';
import {
  createKafkajsDriver,
  KafkaManager,
  type ConsumerEvent,
  type GroupOptions,
  type KafkaDriver,
  type MessageHandler,
  type SubscriptionOptions,
} from '../../../../pkg/kafka/index.js';
import type { Logger } from '../../../../pkg/logger/index.js';
import { eventually } from '../../../support/eventually.js';
import { LogBook } from '../../../support/log.js';
import { Inbox } from '../contract/harness.js';

const GROUP = 'group';
/** Of the protocol. */
const GROUP_AUTHORIZATION_FAILED = 30;

/** An embedded broker that shows itself as two nodes, with topic `t` of four partitions, and members of a group. */
export class TwoNodes {
  readonly inbox = new Inbox();
  readonly events: ConsumerEvent[] = [];
  readonly log = new LogBook();
  readonly managers: KafkaManager[] = [];
  readonly #logger: Logger = Object.assign(this.log, { child: () => this.#logger });
  #driver: KafkaDriver | undefined;

  private constructor(readonly broker: Broker) {}

  static async start(): Promise<TwoNodes> {
    return new TwoNodes(await startBroker({ advertisedNodes: 2, topics: { t: 4 } }));
  }

  async stop(): Promise<void> {
    this.broker.faults.clear();
    await Promise.all(this.managers.map((manager) => manager.close()));
    await this.broker.stop();
  }

  /** Warnings and errors of the log, as text. */
  get warnings(): string[] {
    return this.log.lines
      .filter(({ level }) => level === 'warn' || level === 'error')
      .map(({ message, fields }) => `${message} ${JSON.stringify(fields)}`);
  }

  /** The driver of all members, so that they share what it says. */
  driver(): KafkaDriver {
    const { brokers } = this.broker;
    this.#driver ??= createKafkajsDriver({ brokers, clientId: 'faults', logger: this.#logger });
    return this.#driver;
  }

  /** Starts a member that reads `t`. */
  async consumer(
    handler: MessageHandler = this.inbox.handler,
    { group, ...options }: SubscriptionOptions & { readonly group?: GroupOptions } = {},
  ): Promise<KafkaManager> {
    const manager = new KafkaManager(this.driver(), {
      logger: this.#logger,
      consumer: { sessionTimeoutMs: 6_000, heartbeatIntervalMs: 200, commitIntervalMs: 50, ...group },
      onEvent: (event) => this.events.push(event),
    });
    this.managers.push(manager);
    manager.addConsumer('t', GROUP, handler, { replays: false, onExhausted: 'block', ...options });
    await manager.startAllConsumers();
    return manager;
  }

  /** Sends values, each with a key of its own. */
  async send(manager: KafkaManager, values: readonly string[]): Promise<void> {
    const results = await manager.sendMessages(values.map((value) => ({ topic: 't', key: value, value })));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** Waits until each of the values was handled. */
  async handled(values: readonly string[]): Promise<void> {
    await eventually(() => new Set(this.inbox.values).size >= values.length, {
      timeoutMs: 20_000,
      what: () => `${values.length} messages, got ${new Set(this.inbox.values).size}`,
    });
  }

  /** Waits until the group's positions say that so many messages are done. */
  async committed(count: number): Promise<void> {
    await eventually(() => this.#committed() === count, {
      timeoutMs: 20_000,
      what: () => `${count} to be committed, got ${this.#committed()}`,
    });
  }

  /** Makes the client's heartbeats fail for good, and those of this package beside it. */
  crash(): void {
    this.broker.faults.add({ api: 'Heartbeat', error: GROUP_AUTHORIZATION_FAILED, times: 4 });
  }

  /** How often a member crashed. */
  crashes(): number {
    return this.events.filter(({ type }) => type === 'crashed').length;
  }

  #committed(): number {
    return [0, 1, 2, 3].reduce(
      (sum, partition) =>
        sum + Number(this.broker.offsets.fetch(GROUP, { topic: 't', partition })?.offset ?? 0n),
      0,
    );
  }
}
