import type { Route } from './routes.js';

interface TopicPause {
  /** True when the topic is paused but for the exceptions; false when only they are. */
  readonly all: boolean;
  readonly exceptions: Set<number>;
}

/** What an operator has paused. It outlives rebalances and restarts of the consumer. */
export class Pauses {
  readonly #topics = new Map<string, TopicPause>();

  /** Pauses a partition, or the topic with its retry topics. */
  pause(topic: string, partition?: number): void {
    this.#set(topic, partition, true);
  }

  /** Takes back {@link pause}, also for one partition of a topic that was paused as a whole. */
  resume(topic: string, partition?: number): void {
    this.#set(topic, partition, false);
  }

  /** Whether a partition that is read because of `route` is paused. */
  includes(route: Route, partition: number): boolean {
    const own = this.#topics.get(route.topic);
    if (own !== undefined && own.all !== own.exceptions.has(partition)) return true;
    return route.replayed && this.#topics.get(route.subscription.topic)?.all === true;
  }

  #set(topic: string, partition: number | undefined, paused: boolean): void {
    if (partition === undefined) {
      if (paused) this.#topics.set(topic, { all: true, exceptions: new Set() });
      else this.#topics.delete(topic);
      return;
    }
    const known = this.#topics.get(topic) ?? { all: false, exceptions: new Set<number>() };
    if (known.all === paused) known.exceptions.delete(partition);
    else known.exceptions.add(partition);
    this.#topics.set(topic, known);
  }
}
