import { setTimeout } from 'node:timers/promises';
import { asError } from '../async.js';
import { DriverError, type TopicLeaders } from '../driver.js';
import { KafkaClosed, PublishNotSent, PublishRefused, UnknownTopic } from '../errors.js';
import { unreachable } from '../unreachable.js';
import type { Logger } from '../../logger/index.js';

const MAX_AGE_MS = 60_000;
const RETRY_MS = 100;
const MAX_RETRY_MS = 1_000;
/** A topic that was just made may not be known to every node yet. */
const MADE_JUST_NOW_MS = 150;
/** A topic that no node knows for so long was deleted. */
const GONE_AFTER_MS = 500;

interface Entry {
  leaders: readonly (number | undefined)[];
  checkedAt: number;
  /** Since when it is reported as unknown. */
  missingSince: number | undefined;
  /** Set when it was reported so for long enough. */
  gone: UnknownTopic | undefined;
}

/**
 * Which partitions a topic has, and which node leads each. A topic is asked for once before its first
 * message, so that a name that does not exist never gets into a request.
 */
export class TopicDirectory {
  readonly #entries = new Map<string, Entry>();
  readonly #lookups = new Map<string, Promise<number>>();
  readonly #stale = new Set<string>();
  #refreshing = false;
  #closed = false;

  constructor(
    private readonly parts: {
      readonly describe: (topics: readonly string[], timeoutMs?: number) => Promise<TopicLeaders[]>;
      readonly brokers: readonly string[];
      readonly logger: Logger;
      /** How long a lookup may take, in milliseconds. */
      readonly maxBlockMs: number;
      /** Something is known that was not. */
      readonly onChange: () => void;
    },
  ) {}

  /** The number of partitions of a topic that was looked up; checked behind the scenes once a minute. */
  partitions(topic: string): number | undefined {
    const entry = this.#entries.get(topic);
    if (entry === undefined || entry.gone !== undefined) return undefined;
    if (performance.now() - entry.checkedAt > MAX_AGE_MS) this.refresh(topic);
    return entry.leaders.length;
  }

  /** The node that leads the partition; undefined while none is known. */
  leader(topic: string, partition: number): number | undefined {
    return this.#entries.get(topic)?.leaders[partition];
  }

  /** Why nothing can be sent to the topic any more: it was deleted. */
  whyGone(topic: string): UnknownTopic | undefined {
    return this.#entries.get(topic)?.gone;
  }

  /**
   * Asks the cluster for the partitions of a topic. Calls for the same topic share one request.
   * @throws UnknownTopic, PublishRefused, BrokerUnreachable, AccessDenied, PublishNotSent, KafkaClosed
   */
  lookup(topic: string): Promise<number> {
    const running = this.#lookups.get(topic);
    if (running !== undefined) return running;
    const lookup = this.#ask(topic).finally(() => this.#lookups.delete(topic));
    this.#lookups.set(topic, lookup);
    return lookup;
  }

  /** Asks again behind the scenes, for this topic and others that want it. */
  refresh(topic: string): void {
    this.#stale.add(topic);
    if (!this.#refreshing && !this.#closed) void this.#refreshAll();
  }

  /** Ends what goes on behind the scenes. */
  close(): void {
    this.#closed = true;
  }

  async #ask(topic: string): Promise<number> {
    const start = performance.now();
    const { maxBlockMs } = this.parts;
    for (;;) {
      const restMs = Math.max(maxBlockMs - (performance.now() - start), RETRY_MS);
      const { found, failure } = await this.#tryDescribe(topic, restMs);
      if (found !== undefined) return found;
      const waited = performance.now() - start;
      const limit = failure.reason === 'unknown-topic' ? MADE_JUST_NOW_MS : maxBlockMs;
      if (failure.reason === 'refused' || waited + RETRY_MS > limit) throw this.#toError(topic, failure);
      await setTimeout(RETRY_MS);
      if (this.#closed) throw new KafkaClosed('The producer');
    }
  }

  async #tryDescribe(
    topic: string,
    timeoutMs: number,
  ): Promise<{ found: number; failure?: never } | { found?: never; failure: DriverError }> {
    try {
      const [described] = await this.parts.describe([topic], timeoutMs);
      if (described?.error !== undefined) return { failure: described.error };
      const leaders = described?.leaders ?? [];
      if (leaders.length === 0) return { failure: new DriverError('unknown-topic', 'it has no partitions') };
      this.#entries.set(topic, {
        leaders,
        checkedAt: performance.now(),
        missingSince: undefined,
        gone: undefined,
      });
      return { found: leaders.length };
    } catch (error) {
      return {
        failure:
          error instanceof DriverError
            ? error
            : new DriverError('failed', asError(error).message, { cause: error }),
      };
    }
  }

  #toError(topic: string, failure: DriverError): Error {
    if (failure.reason === 'unknown-topic') return new UnknownTopic(topic, failure);
    if (failure.reason === 'refused') return new PublishRefused(topic, failure.message, failure);
    if (failure.reason === 'unreachable') return unreachable(this.parts.brokers, failure);
    return new PublishNotSent(topic, `its partitions are not known: ${failure.message}`, failure);
  }

  async #refreshAll(): Promise<void> {
    this.#refreshing = true;
    let failures = 0;
    while (this.#stale.size > 0 && !this.#closed) {
      const topics = [...this.#stale];
      this.#stale.clear();
      try {
        for (const described of await this.parts.describe(topics)) this.#update(described);
        failures = 0;
        this.parts.onChange();
      } catch (error) {
        for (const topic of topics) this.#stale.add(topic);
        if (failures === 0) {
          this.parts.logger.warn('the leaders of topics could not be refreshed', { topics, error });
        }
        failures += 1;
      }
      await setTimeout(Math.min(RETRY_MS * 2 ** failures, MAX_RETRY_MS));
    }
    this.#refreshing = false;
  }

  #update({ topic, leaders, error }: TopicLeaders): void {
    const now = performance.now();
    const entry = this.#entries.get(topic);
    if (entry === undefined) return;
    entry.checkedAt = now;
    if (error === undefined) {
      entry.missingSince = undefined;
      entry.leaders = leaders;
      return;
    }
    if (error.reason !== 'unknown-topic') return;
    if (entry.missingSince === undefined) {
      this.parts.logger.warn('a topic is not known to the broker any more', { topic, error });
      entry.missingSince = now;
    }
    entry.leaders = entry.leaders.map(() => undefined);
    if (now - entry.missingSince >= GONE_AFTER_MS) entry.gone = new UnknownTopic(topic, error);
  }
}
