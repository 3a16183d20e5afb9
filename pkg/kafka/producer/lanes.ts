import type { DriverProducer, KafkaDriver } from '../driver.js';

/** A node that has not answered for so long holds up nobody else: others go another way. */
const STALLED_AFTER_MS = 50;
/** The last of them is kept for partitions that are under no suspicion. */
const MAX_LANES = 5;

/** A request on its way. Times are milliseconds of the monotonic clock. */
export interface Request {
  readonly since: number;
  readonly topics: ReadonlySet<string>;
  /** Whether its partitions were expected to be held up. */
  readonly suspect: boolean;
}

/** A client producer, with connections and a producer id of its own. */
export interface Lane {
  readonly producer: DriverProducer;
  /** By node, the request of this lane that it did not answer yet. */
  readonly busy: Map<number, Request>;
}

/** What is known of a partition's requests. */
interface Conduct {
  readonly topic: string;
  /** Whether the answer to its last one was held up. */
  readonly slow: boolean;
  /** When it was last answered without delay; 0 when it never was. */
  readonly quickAt: number;
}

/** Whether the node holds the answer up. */
export function isStalled({ since }: Request, now: number): boolean {
  return now - since >= STALLED_AFTER_MS;
}

/**
 * The ways to a node. There is one lane as long as answers come: everything gathers in its requests, which
 * makes them few and large. When a node holds back the answer for some partitions, for instance while it
 * waits for their replicas, the other partitions of that node go through a further lane until it answers.
 * Partitions that are likely to be held up share no request with others, and cannot take every lane.
 */
export class Lanes {
  readonly #lanes: Lane[] = [];

  constructor(private readonly driver: KafkaDriver) {}

  /** The one that is always there. */
  get first(): Lane {
    return this.#lanes[0] ?? this.#open();
  }

  /**
   * Whether a request with the partition is likely to be held up: its last one was, or one of its topic is
   * just now, and nothing has come through for it since that began.
   */
  isSuspect({ topic, slow, quickAt }: Conduct, node: number, now: number): boolean {
    if (slow) return true;
    return this.#lanes.some(({ busy }) => {
      const request = busy.get(node);
      return (
        request?.topics.has(topic) === true &&
        isStalled(request, now) &&
        (quickAt === 0 || quickAt < request.since)
      );
    });
  }

  /**
   * A lane by which a request can go to the node now, or the time to ask again: in milliseconds of the
   * monotonic clock, Infinity for "when a request is answered".
   *
   * @param parts.isTaken whether the lane is to be left to others
   */
  choose(
    node: number,
    parts: {
      readonly now: number;
      readonly suspect: boolean;
      readonly isTaken: (lane: Lane) => boolean;
    },
  ): Lane | number {
    const { now, suspect, isTaken } = parts;
    const limit = suspect ? MAX_LANES - 1 : MAX_LANES;
    for (const lane of [this.first, ...this.#lanes.slice(1, limit)]) {
      const request = lane.busy.get(node);
      if (request === undefined) {
        if (!isTaken(lane)) return lane;
      } else if (!isStalled(request, now) && (suspect || !request.suspect)) {
        return request.since + STALLED_AFTER_MS;
      }
    }
    return this.#lanes.length < limit ? this.#open() : Infinity;
  }

  async disconnect(): Promise<void> {
    await Promise.all(this.#lanes.map(({ producer }) => producer.disconnect()));
  }

  #open(): Lane {
    const lane = { producer: this.driver.producer(), busy: new Map<number, Request>() };
    this.#lanes.push(lane);
    return lane;
  }
}
