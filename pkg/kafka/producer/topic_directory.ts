import { DriverError, type DriverAdmin } from '../driver.js';
import { BrokerUnreachable, UnknownTopic } from '../errors.js';
import type { Logger } from '../../logger/index.js';

const MAX_AGE_MS = 60_000;

interface Entry {
  readonly partitions: number;
  checkedAt: number;
}

/**
 * How many partitions each topic has. A topic is asked for once before its first message, so that a name
 * that does not exist never gets into a flush, where the client would retry it for a minute and hold up
 * every other topic.
 */
export class TopicDirectory {
  readonly #known = new Map<string, Entry>();
  readonly #lookups = new Map<string, Promise<number>>();

  constructor(
    private readonly parts: {
      readonly admin: DriverAdmin;
      readonly brokers: readonly string[];
      readonly logger: Logger;
    },
  ) {}

  /** The partitions of a topic that was looked up before; refreshed behind the scenes once a minute. */
  partitions(topic: string): number | undefined {
    const entry = this.#known.get(topic);
    if (entry === undefined) return undefined;
    if (Date.now() - entry.checkedAt > MAX_AGE_MS) {
      entry.checkedAt = Date.now();
      this.lookup(topic).catch((error: unknown) => {
        this.parts.logger.warn('the partitions of a topic could not be refreshed', { topic, error });
      });
    }
    return entry.partitions;
  }

  /**
   * Asks the cluster. Calls for the same topic share one request.
   * @throws UnknownTopic, BrokerUnreachable, DriverError
   */
  lookup(topic: string): Promise<number> {
    const running = this.#lookups.get(topic);
    if (running !== undefined) return running;
    const lookup = this.#ask(topic).finally(() => this.#lookups.delete(topic));
    this.#lookups.set(topic, lookup);
    return lookup;
  }

  /** The next message of the topic asks again. */
  forget(topic: string): void {
    this.#known.delete(topic);
  }

  async #ask(topic: string): Promise<number> {
    const partitions = await this.#count(topic);
    if (partitions === 0) throw new UnknownTopic(topic);
    this.#known.set(topic, { partitions, checkedAt: Date.now() });
    return partitions;
  }

  async #count(topic: string): Promise<number> {
    try {
      return await this.parts.admin.partitionCount(topic);
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      if (error.reason === 'unknown-topic') throw new UnknownTopic(topic, error);
      if (error.reason === 'unreachable') {
        throw new BrokerUnreachable(this.parts.brokers, error.message, error);
      }
      throw error;
    }
  }
}
