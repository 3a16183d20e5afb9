import type { Compression } from '../codecs/codec.js';
import type { KafkaError } from '../errors.js';
import { longTimeout } from '../long_timeout.js';
import { isStalled, type Lane, type Lanes } from './lanes.js';
import { PartitionQueue, type Batch, type Room } from './partition_queue.js';
import type { Pending } from './pending.js';
import type { ProducerStatus } from './status.js';
import { giveUp, settle } from './settle.js';
import type { TopicDirectory } from './topic_directory.js';

interface Settings {
  readonly maxBatchMessages: number;
  readonly maxBatchBytes: number;
  readonly deliveryTimeoutMs: number;
  readonly compressionOf: (topic: string) => Compression;
  readonly onFlush: () => void;
}

/** A request that is being put together: batches for partitions that one node leads. */
interface Flush {
  readonly lane: Lane;
  readonly node: number;
  /** Whether its partitions are likely to be held up. */
  readonly suspect: boolean;
  readonly room: Room;
  readonly parts: { readonly queue: PartitionQueue; readonly batch: Batch }[];
}

/**
 * Sends when idle: while a node has a request to answer, messages for its partitions gather, and the next
 * request takes what has gathered. A partition that cannot be sent to waits by itself; the others go on.
 */
export class Dispatcher {
  readonly #queues = new Map<string, PartitionQueue>();
  /** Those with something to send or on its way; the one that was served longest ago comes first. */
  readonly #active = new Set<PartitionQueue>();
  readonly #sending = new Set<Promise<void>>();
  #stopped = false;
  #acknowledgedAt: number | undefined;
  #ticking: NodeJS.Immediate | undefined;
  #wake: { readonly at: number; readonly callOff: () => void } | undefined;

  constructor(
    private readonly parts: {
      readonly settings: Settings;
      readonly topics: TopicDirectory;
      readonly lanes: Lanes;
    },
  ) {}

  /** Takes a message for a partition that exists. */
  add(pending: Pending, partition: number): void {
    const queue = this.#queueOf(pending.topic, partition);
    queue.add(pending);
    this.#active.add(queue);
    this.schedule();
  }

  /** True while nothing is known to keep messages from the partition. */
  isUsable(topic: string, partition: number): boolean {
    const queue = this.#queues.get(keyOf(topic, partition));
    return (
      (queue === undefined || queue.notBefore === 0) &&
      this.parts.topics.leader(topic, partition) !== undefined
    );
  }

  status(): ProducerStatus {
    const now = performance.now();
    const msSince = (then: number) => Math.round(now - then);
    return {
      acknowledgedMsAgo: this.#acknowledgedAt === undefined ? null : msSince(this.#acknowledgedAt),
      unacknowledged: [...this.#active].flatMap(({ topic, partition, waitingSince, reason }) => {
        if (waitingSince === undefined) return [];
        const hasLeader = this.parts.topics.leader(topic, partition) !== undefined;
        const why = hasLeader ? (reason ?? null) : 'no node leads it';
        return [{ topic, partition, forMs: msSince(waitingSince), reason: why }];
      }),
    };
  }

  /** Sends what can be sent, once what runs in this turn of the event loop has brought its messages. */
  schedule(): void {
    if (this.#stopped) return;
    this.#ticking ??= setImmediate(() => {
      this.#ticking = undefined;
      this.#tick();
    });
  }

  /** Sends nothing more; rejects what waits. */
  stop(toError: (pending: Pending) => KafkaError): void {
    this.#stopped = true;
    clearImmediate(this.#ticking);
    this.#wake?.callOff();
    for (const queue of this.#active) queue.rejectWaiting(toError);
  }

  /** After {@link stop}: waits for what is on its way, and rejects what has no outcome then. */
  async end(toError: (pending: Pending) => KafkaError): Promise<void> {
    await Promise.all(this.#sending);
    for (const queue of this.#active) {
      giveUp(queue, new Error('the producer was closed'));
      queue.rejectWaiting(toError);
    }
  }

  #tick(): void {
    const now = performance.now();
    const flushes: Flush[] = [];
    let wakeAt = Infinity;
    for (const queue of this.#active) {
      wakeAt = Math.min(wakeAt, queue.expire(now));
      if (queue.isForsaken) giveUp(queue, new Error('its time is over'));
      if (queue.isEmpty) {
        this.#active.delete(queue);
        queue.waitingSince = undefined;
      } else if (queue.notBefore > now) {
        wakeAt = Math.min(wakeAt, queue.notBefore);
      } else if (!queue.inFlight) {
        wakeAt = Math.min(wakeAt, this.#join(queue, flushes, now));
      }
    }
    for (const flush of flushes) {
      const sending = this.#send(flush).finally(() => this.#sending.delete(sending));
      this.#sending.add(sending);
    }
    this.#wakeAt(wakeAt);
  }

  /** Adds the queue's next batch to a flush. Returns when to try again, where that is known. */
  #join(queue: PartitionQueue, flushes: Flush[], now: number): number {
    const { topics, lanes, settings } = this.parts;
    const node = topics.leader(queue.topic, queue.partition);
    if (node === undefined) {
      const gone = topics.whyGone(queue.topic);
      if (gone === undefined) topics.refresh(queue.topic);
      else this.#rejectGone(queue, gone);
      return Infinity;
    }
    const suspect = lanes.isSuspect(queue, node, now);
    const flushOf = (lane: Lane) =>
      flushes.find((candidate) => candidate.lane === lane && candidate.node === node);
    const isTaken = (lane: Lane) => (flushOf(lane)?.suspect ?? suspect) !== suspect;
    const own = queue.batch?.unsure;
    const lane = own ?? lanes.choose(node, { now, suspect, isTaken });
    if (typeof lane === 'number') return lane;
    // Only that lane can send it; it goes there first next time, since it was served longest ago.
    if (own !== undefined && (own.busy.has(node) || isTaken(own))) return Infinity;
    let flush = flushOf(lane);
    if (flush === undefined) {
      const room = { messages: settings.maxBatchMessages, bytes: settings.maxBatchBytes, empty: true };
      flush = { lane, node, suspect, room, parts: [] };
      flushes.push(flush);
    }
    const batch = queue.take(flush.room);
    if (batch !== undefined) flush.parts.push({ queue, batch });
    return Infinity;
  }

  #rejectGone(queue: PartitionQueue, gone: KafkaError): void {
    giveUp(queue, gone);
    queue.rejectWaiting(() => gone);
  }

  async #send({ lane, node, suspect, parts }: Flush): Promise<void> {
    if (parts.length === 0) return;
    const { settings, topics } = this.parts;
    for (const { queue } of parts) {
      this.#active.delete(queue);
      this.#active.add(queue);
    }
    settings.onFlush();
    const named = new Set(parts.map(({ queue }) => queue.topic));
    const request = { since: performance.now(), topics: named, suspect };
    lane.busy.set(node, request);
    const outcomes = await lane.producer.send(
      node,
      parts.map(({ queue: { topic, partition }, batch }) => ({
        topic,
        partition,
        records: batch.items.map(({ record }) => record),
        compression: settings.compressionOf(topic),
      })),
    );
    lane.busy.delete(node);
    const now = performance.now();
    const slow = isStalled(request, now);
    parts.forEach(({ queue, batch }, index) => {
      queue.inFlight = false;
      queue.slow = slow;
      if (!slow) queue.quickAt = now;
      const outcome = outcomes[index];
      if (outcome === undefined) throw new Error('the driver gave no outcome for a batch');
      if (outcome.kind === 'stored') this.#acknowledgedAt = now;
      if (settle(queue, { batch, lane, outcome, now })) topics.refresh(queue.topic);
    });
    this.schedule();
  }

  #queueOf(topic: string, partition: number): PartitionQueue {
    const key = keyOf(topic, partition);
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      queue = new PartitionQueue(topic, partition, this.parts.settings);
      this.#queues.set(key, queue);
    }
    return queue;
  }

  #wakeAt(at: number): void {
    if (this.#wake !== undefined && this.#wake.at <= at && this.#active.size > 0) return;
    this.#wake?.callOff();
    this.#wake = undefined;
    if (at === Infinity) return;
    const callOff = longTimeout(
      () => {
        this.#wake = undefined;
        this.schedule();
      },
      Math.max(at - performance.now(), 1),
    );
    this.#wake = { at, callOff };
  }
}

function keyOf(topic: string, partition: number): string {
  return `${partition}/${topic}`;
}
