import { setTimeout } from 'node:timers/promises';
import { answerWithin } from '../answer_within.js';
import { asError, onAbort, sleep } from '../async.js';
import {
  DriverError,
  type DriverReader,
  type FetchedChunk,
  type Isolation,
  type KafkaDriver,
  type ReadRecord,
  type StoredBatch,
  type TopicPartition,
} from '../driver.js';
import { OffsetOutOfRange, ReadRefused, UnknownPartition, UnknownTopic } from '../errors.js';
import { checkRanges, INT32, LIMIT } from '../option_ranges.js';
import { checkOffset, checkOffsetTarget, timeOf, type OffsetTarget } from '../offset_target.js';
import { unreachable } from '../unreachable.js';
import type { Logger } from '../../logger/index.js';
import { silentLogger } from '../silent_logger.js';
import { CommittedFilter } from '../records/committed_filter.js';

const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 2_000;
const MAX_WAIT_MS = 500;
const MAX_BYTES = 1_048_576;
const START_TIMEOUT_MS = 10_000;
/** A partition that nobody knows for so long was deleted, or never was. */
const UNKNOWN_FOR_MS = 1_000;

/** What {@link readPartition} reads. */
export interface ReadOptions extends TopicPartition {
  readonly from: OffsetTarget;
  /** Ends before this offset, or where the partition ended when the reading began. Default: never. */
  readonly to?: bigint | 'end' | undefined;
  /** Default `committed`. */
  readonly isolation?: Isolation | undefined;
  /** Ends the reading without an error. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes of one fetch, before they are unpacked; a larger batch comes alone. Default 1,048,576. */
  readonly maxBytes?: number | undefined;
  /** Milliseconds to find the partition at first. Default 10,000. */
  readonly startTimeoutMs?: number | undefined;
  readonly logger?: Logger | undefined;
}

/** Consecutive records, and how far the reading has come with them. */
export interface ReadBatch {
  /** May be empty. Buffers may be slices of a larger response: copy what is kept. */
  readonly records: readonly ReadRecord[];
  /** The offset to go on from after these records: past markers and gaps as well. */
  readonly nextOffset: bigint;
  /** Up to where the partition could be read just now; at `nextOffset` the reading has caught up. */
  readonly endOffset: bigint;
}

/** Reads a partition as {@link readPartition} does. */
export type ReadPartition = (options: ReadOptions) => AsyncIterable<ReadBatch>;

/**
 * Reads a partition without a group and without commits. The first item comes as soon as the partition is
 * found, so that its end is known also when it is empty; the others when there are records, or when the
 * position moved over markers or gaps. One fetch is held in memory at a time, and the next is asked for
 * only when the loop comes back for it. A lost connection or a new leader only delays it, for as long as
 * it takes.
 *
 * @throws InvalidOption, UnknownTopic, UnknownPartition, OffsetOutOfRange, ReadRefused, BrokerUnreachable and
 *   AccessDenied (both only before the first item)
 */
export async function* readPartition(
  driver: KafkaDriver,
  options: ReadOptions,
): AsyncGenerator<ReadBatch, void> {
  const { signal } = options;
  if (signal?.aborted === true) return;
  const reader = driver.reader();
  const callOff =
    signal &&
    onAbort(signal, () => {
      reader.close();
    });
  try {
    yield* new Reading(driver, reader, options).batches();
  } catch (error) {
    // Closing the connections is what makes a fetch under way end.
    if (!isAborted(options)) throw error;
  } finally {
    callOff?.();
    reader.close();
  }
}

function isAborted({ signal }: ReadOptions): boolean {
  return signal?.aborted === true;
}

class Reading {
  readonly #isolation: Isolation;
  readonly #logger: Logger;
  #failures = 0;
  #unknownSince: number | undefined;

  constructor(
    private readonly driver: KafkaDriver,
    private readonly reader: DriverReader,
    private readonly options: ReadOptions,
  ) {
    this.#isolation = options.isolation ?? 'committed';
    this.#logger = options.logger ?? silentLogger;
  }

  async *batches(): AsyncGenerator<ReadBatch, void> {
    const { to } = this.options;
    const { maxBytes = MAX_BYTES, startTimeoutMs = START_TIMEOUT_MS } = this.options;
    checkRanges({ maxBytes, startTimeoutMs }, { maxBytes: INT32, startTimeoutMs: { ...LIMIT, min: 0 } });
    checkOffsetTarget('from', this.options.from);
    if (to !== undefined && to !== 'end') checkOffset('to', to);
    const deadline = performance.now() + startTimeoutMs;
    const { position: start, chunk: firstChunk } = await this.#begin(deadline);
    const end = to === 'end' ? firstChunk.endOffset : to;
    let batch = await this.#unpack(firstChunk, start, end);
    yield batch;
    while (!isAborted(this.options) && (end === undefined || batch.nextOffset < end)) {
      const position = batch.nextOffset;
      const chunk = await this.#retry(() => this.#fetch(position, MAX_WAIT_MS), Infinity);
      batch = await this.#unpack(chunk, position, end);
      if (batch.nextOffset > position) yield batch;
    }
  }

  /** The first fetch, which does not wait for records. */
  async #begin(deadline: number): Promise<{ position: bigint; chunk: FetchedChunk }> {
    for (;;) {
      const position = await this.#retry(() => this.#start(), deadline);
      try {
        return { position, chunk: await this.#retry(() => this.#fetch(position, 0), deadline) };
      } catch (error) {
        // Between the two requests the oldest records may have been deleted.
        const mayHaveMoved = this.options.from === 'earliest' && performance.now() < deadline;
        if (!(error instanceof OffsetOutOfRange) || !mayHaveMoved) throw error;
      }
    }
  }

  async #start(): Promise<bigint> {
    const { from } = this.options;
    if (typeof from === 'bigint') return from;
    if (!(from instanceof Date)) return this.#offset(from);
    const found = await this.reader.offsetAt(this.options, timeOf(from), this.#isolation);
    return found ?? this.#offset('latest');
  }

  async #offset(at: 'earliest' | 'latest'): Promise<bigint> {
    return (await this.reader.offsetAt(this.options, at, this.#isolation)) ?? 0n;
  }

  async #fetch(offset: bigint, maxWaitMs: number): Promise<FetchedChunk> {
    const { topic, partition, maxBytes = MAX_BYTES } = this.options;
    const request = { offset, isolation: this.#isolation, maxBytes, maxWaitMs };
    try {
      return await this.reader.fetch(this.options, request);
    } catch (error) {
      if (!(error instanceof DriverError) || error.protocolError !== 'OFFSET_OUT_OF_RANGE') throw error;
      throw new OffsetOutOfRange(topic, partition, offset, error);
    }
  }

  async #unpack(chunk: FetchedChunk, position: bigint, end: bigint | undefined): Promise<ReadBatch> {
    const filter = new CommittedFilter(this.#isolation === 'committed' ? chunk.aborted : []);
    const records: ReadRecord[] = [];
    let nextOffset = position;
    for (const batch of this.#batchesOf(chunk)) {
      if (end !== undefined && batch.baseOffset >= end) break;
      const counts = filter.counts(batch);
      nextOffset = batch.lastOffset + 1n;
      if (!counts) continue;
      const unpacked = await this.#recordsOf(batch.records());
      const isWhole = batch.baseOffset >= position && (end === undefined || nextOffset <= end);
      // Not spread into one call: a compressed batch may have more records than a call takes arguments.
      for (const record of unpacked) if (isWhole || isWithin(record, position, end)) records.push(record);
    }
    if (end !== undefined && nextOffset > end) nextOffset = end;
    return { records, nextOffset, endOffset: chunk.endOffset };
  }

  async #recordsOf(unpacking: Promise<Iterable<ReadRecord>>): Promise<Iterable<ReadRecord>> {
    try {
      return await unpacking;
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  /** The batches are looked at when they are asked for, so that a damaged one is found here. */
  *#batchesOf({ batches }: FetchedChunk): Generator<StoredBatch> {
    try {
      yield* batches;
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  #unreadable(error: unknown): ReadRefused {
    return new ReadRefused(this.options.topic, asError(error).message, error);
  }

  /** Tries until it works, the error is one that does not pass, or the time (of the monotonic clock) is over. */
  async #retry<T>(work: () => Promise<T>, deadline: number): Promise<T> {
    for (;;) {
      try {
        const restMs = Math.max(deadline - performance.now(), FIRST_BACKOFF_MS);
        const result = await (deadline === Infinity ? work() : answerWithin(work(), restMs));
        this.#failures = 0;
        this.#unknownSince = undefined;
        return result;
      } catch (error) {
        if (!(error instanceof DriverError) || isAborted(this.options)) throw error;
        const lasting = this.#lasting(error) ?? this.#tooLate(error, deadline);
        if (lasting !== undefined) throw lasting;
        const { topic, partition } = this.options;
        this.#logger.warn('reading a partition is delayed', { topic, partition, error });
        await this.#pause();
      }
    }
  }

  /** The error for the caller, where trying again makes no sense. */
  #lasting(error: DriverError): Error | undefined {
    const { topic, partition } = this.options;
    if (error.reason === 'refused') return new ReadRefused(topic, error.message, error);
    if (error.reason !== 'unknown-topic' && error.reason !== 'unknown-partition') {
      this.#unknownSince = undefined;
      return undefined;
    }
    this.#unknownSince ??= performance.now();
    if (performance.now() - this.#unknownSince < UNKNOWN_FOR_MS) return undefined;
    return error.reason === 'unknown-topic'
      ? new UnknownTopic(topic, error)
      : new UnknownPartition(topic, partition, error);
  }

  #tooLate(error: DriverError, deadline: number): Error | undefined {
    if (performance.now() < deadline) return undefined;
    return unreachable(this.driver.brokers, error);
  }

  async #pause(): Promise<void> {
    const ms = Math.min(FIRST_BACKOFF_MS * 2 ** this.#failures, MAX_BACKOFF_MS);
    this.#failures += 1;
    const { signal } = this.options;
    await (signal === undefined ? setTimeout(ms) : sleep(ms, signal));
  }
}

function isWithin({ offset }: ReadRecord, start: bigint, end: bigint | undefined): boolean {
  const at = BigInt(offset);
  return at >= start && (end === undefined || at < end);
}
