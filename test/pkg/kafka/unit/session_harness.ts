import type { SinonFakeTimers } from 'sinon';
import { GroupSession } from '../../../../pkg/kafka/consumer/group_session.js';
import { Leftovers } from '../../../../pkg/kafka/consumer/leftovers.js';
import {
  subscription,
  withDefaults,
  type GroupOptions,
  type SubscriptionOptions,
} from '../../../../pkg/kafka/consumer/options.js';
import { Pauses } from '../../../../pkg/kafka/consumer/pauses.js';
import { routesOf } from '../../../../pkg/kafka/consumer/routes.js';
import type { TopicPartition } from '../../../../pkg/kafka/driver.js';
import type { SetAside } from '../../../../pkg/kafka/failures/dead_letters.js';
import { FloodGuard } from '../../../../pkg/kafka/failures/flood_guard.js';
import type { ConsumerEvent, MessageHandler } from '../../../../pkg/kafka/index.js';
import { silentLogger } from '../../../../pkg/kafka/silent_logger.js';
import { endUnder, virtualClock } from '../../../support/virtual_clock.js';
import { FakeBatch, FakeDriver, type FakeConsumer } from './fakes.js';

/** A session over a scripted client, under a clock that the test moves. */
export class SessionHarness {
  readonly clock: SinonFakeTimers = virtualClock();
  readonly driver = new FakeDriver();
  readonly pauses = new Pauses();
  readonly leftovers = new Leftovers();
  readonly events: ConsumerEvent[] = [];
  readonly crashes: Error[] = [];
  readonly errors: Record<string, unknown>[] = [];
  readonly warnings: Record<string, unknown>[] = [];
  /** What was written to other topics. */
  readonly setAside: SetAside[] = [];
  /** How such a write ends: resolves with true when it is stored. */
  write: (letter: SetAside) => Promise<boolean> = async () => true;
  handler: MessageHandler = async () => undefined;
  /** Whether brokers answer the client's fetches. */
  fetching = true;
  flood = new FloodGuard(undefined);
  #session: GroupSession | undefined;

  get session(): GroupSession {
    if (this.#session === undefined) throw new Error('the session was not started');
    return this.#session;
  }

  get consumer(): FakeConsumer {
    const consumer = this.driver.consumers.at(-1);
    if (consumer === undefined) throw new Error('there is no consumer');
    return consumer;
  }

  /** Starts a member that is given partitions 0 and 1 of topic t. */
  async start(options: SubscriptionOptions = {}, group: GroupOptions = {}): Promise<this> {
    const topic = subscription('t', (message, context) => this.handler(message, context), {
      ...options,
      retry: { jitter: 0, ...options.retry },
    });
    this.flood = new FloodGuard(withDefaults(group).floodGuard);
    this.#session = new GroupSession({
      driver: this.driver,
      groupId: 'g',
      routes: new Map(routesOf(topic, 'g').map((route) => [route.topic, route])),
      options: withDefaults({ commitIntervalMs: 100, ...group }),
      logger: {
        ...silentLogger,
        warn: (message, fields) => this.warnings.push({ message, ...fields }),
        error: (message, fields) => this.errors.push({ message, ...fields }),
      },
      emit: (event) => this.events.push(event),
      deadLetters: {
        write: (letter: SetAside) => {
          this.setAside.push(letter);
          return this.write(letter);
        },
      },
      details: {},
      flood: this.flood,
      pauses: this.pauses,
      leftovers: this.leftovers,
      onCrashed: (error) => this.crashes.push(error),
    });
    await this.#session.start();
    setInterval(() => {
      if (this.fetching) this.consumer.listener.onFetched();
    }, 1_000).unref();
    return this;
  }

  /** Hands a batch over; the promise is the client's wait. */
  deliver(batch: FakeBatch): Promise<void> {
    return this.consumer.listener.onBatch(batch);
  }

  /** Lets everything that is due by now happen. */
  async settle(): Promise<void> {
    await this.clock.tickAsync(0);
  }

  /** The next generation of the group, in which the member keeps these partitions. */
  async rebalance(partitions: readonly TopicPartition[]): Promise<void> {
    const rejoining = this.consumer.listener.onRejoining();
    await this.clock.tickAsync(15_000);
    await rejoining;
    this.consumer.listener.onRevoked();
    this.consumer.listener.onAssigned(partitions);
  }

  eventsOf<T extends ConsumerEvent['type']>(type: T): Extract<ConsumerEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<ConsumerEvent, { type: T }> => event.type === type);
  }

  /** Ends the session and gives the real clock back. */
  async close(): Promise<void> {
    await endUnder(this.clock, 60_000, () => this.#session?.stop());
  }
}

/** A batch of messages with these keys (null for none), from offset `from` on. */
export function keyed(keys: readonly (string | null)[], from = 0, partition = 0): FakeBatch {
  const batch = new FakeBatch(
    keys.map((_, i) => from + i),
    partition,
  );
  for (const [i, key] of keys.entries()) {
    const record = batch.records[i];
    if (record === undefined) throw new Error('the batch is too short');
    batch.records[i] = { ...record, key: key === null ? null : Buffer.from(key) };
  }
  return batch;
}
