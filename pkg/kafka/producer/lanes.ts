import type { DriverProducer, KafkaDriver } from '../driver.js';

/** A node that has not answered for so long holds up nobody else: others go another way. */
const STALLED_AFTER_MS = 50;
const MAX_LANES = 4;

/** A client producer, with connections and a producer id of its own. */
export interface Lane {
  readonly producer: DriverProducer;
  /** Since when each node has a request of this lane that it did not answer; ms of the monotonic clock. */
  readonly busySince: Map<number, number>;
}

/**
 * The ways to a node. There is one lane as long as answers come: everything gathers in its requests, which
 * makes them few and large. When a node holds back the answer for some partitions, for instance while it
 * waits for their replicas, the other partitions of that node go through a further lane until it answers.
 */
export class Lanes {
  readonly #lanes: Lane[] = [];

  constructor(private readonly driver: KafkaDriver) {}

  /** The one that is always there. */
  get first(): Lane {
    return this.#lanes[0] ?? this.#open();
  }

  /**
   * A lane by which a request can go to the node now, or the time to ask again: in milliseconds of the
   * monotonic clock, Infinity for "when a request is answered".
   */
  choose(node: number, now: number): Lane | number {
    for (const lane of [this.first, ...this.#lanes.slice(1)]) {
      const since = lane.busySince.get(node);
      if (since === undefined) return lane;
      if (now - since < STALLED_AFTER_MS) return since + STALLED_AFTER_MS;
    }
    return this.#lanes.length < MAX_LANES ? this.#open() : Infinity;
  }

  async disconnect(): Promise<void> {
    await Promise.all(this.#lanes.map(({ producer }) => producer.disconnect()));
  }

  #open(): Lane {
    const lane = { producer: this.driver.producer(), busySince: new Map<number, number>() };
    this.#lanes.push(lane);
    return lane;
  }
}
