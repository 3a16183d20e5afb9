import type { DriverError, FetchedBatch, StoredRecord } from '../driver.js';
import { HandlingInterrupted } from '../errors.js';
import type { IncomingMessage } from '../message.js';
import type { PartitionState } from './assignment.js';
import { attempt } from './invocation.js';
import type { Subscription } from './options.js';

/**
 * The client fetches again only when every partition's batch has returned, so a batch of a slow handler
 * hands back what it has not begun after so many milliseconds.
 */
const BUDGET_MS = 250;

/** The message at which a batch ended. */
export interface FailedMessage {
  readonly record: StoredRecord;
  readonly error: Error;
  readonly attempt: number;
}

/** Stops a batch from outside. */
export class RunControl {
  readonly #interrupt = new AbortController();
  #drain: NodeJS.Timeout | undefined;
  #stopped = false;
  /** Why the membership could not be kept alive; the client must be told. */
  heartbeatError: DriverError | undefined;

  /** True once no further message may be begun. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Aborted when the running handler is given up. */
  get interrupt(): AbortSignal {
    return this.#interrupt.signal;
  }

  /** Begins no further message, and gives the running handler `drainMs` to end. */
  stop(why: string, drainMs: number): void {
    this.#stopped = true;
    this.#drain ??= setTimeout(() => {
      this.abort(why);
    }, drainMs);
  }

  /** Gives the running handler up at once. */
  abort(why: string): void {
    this.#stopped = true;
    this.#interrupt.abort(new HandlingInterrupted(why));
  }

  /** The batch has ended. */
  release(): void {
    clearTimeout(this.#drain);
  }
}

interface BatchWork {
  readonly batch: FetchedBatch;
  readonly state: PartitionState;
  readonly subscription: Subscription;
  readonly control: RunControl;
  /** False once the partition was taken away: then nothing may be noted any more. */
  readonly isCurrent: () => boolean;
  readonly onFinished: () => void;
}

/**
 * Handles a batch message by message, in order, and lets the client fetch on after what was finished.
 * Returns the message that failed, if one did; fetching then begins again with it.
 */
export async function runBatch(work: BatchWork): Promise<FailedMessage | undefined> {
  const { batch, state, control } = work;
  const startedAt = performance.now();
  startTracking(work);
  let finished: bigint | undefined;
  let failed: FailedMessage | undefined;
  for (const record of batch.records) {
    const overBudget = finished !== undefined && performance.now() - startedAt > BUDGET_MS;
    if (control.stopped || overBudget) break;
    const outcome = await attemptRecord(work, record);
    if (!work.isCurrent()) return undefined;
    if (outcome !== 'done') {
      state.tracker.rewind();
      if (outcome !== 'interrupted') failed = outcome;
      break;
    }
    state.tracker.finish(record.offset);
    finished = record.offset;
    work.onFinished();
  }
  if (finished !== undefined) batch.resolve(finished);
  if (finished === batch.records.at(-1)?.offset) state.tracker.skipTo(batch.nextOffset);
  return failed;
}

/** Positions only go back when the log itself did: the topic was made anew, or its end was cut off. */
function startTracking({ batch, state }: BatchWork): void {
  const first = batch.records[0];
  if (first !== undefined && state.tracker.next !== undefined && first.offset < state.tracker.next) {
    state.tracker.reset();
  }
}

async function attemptRecord(
  work: BatchWork,
  record: StoredRecord,
): Promise<'done' | 'interrupted' | FailedMessage> {
  const { state, subscription, control } = work;
  const before = state.failures?.offset === record.offset ? state.failures.count : 0;
  state.tracker.begin(record.offset);
  const outcome = await attempt(subscription.handler, toMessage(work.batch, record, before + 1), {
    timeoutMs: subscription.handlerTimeoutMs,
    interrupt: control.interrupt,
  });
  if (outcome.kind !== 'failed') return outcome.kind;
  state.failures = { offset: record.offset, count: before + 1 };
  return { record, error: outcome.error, attempt: before + 1 };
}

function toMessage(batch: FetchedBatch, record: StoredRecord, attemptNumber: number): IncomingMessage {
  return {
    topic: batch.topic,
    partition: batch.partition,
    offset: record.offset.toString(),
    key: record.key,
    value: record.value,
    headers: record.headers,
    timestamp: record.timestamp,
    attempt: attemptNumber,
  };
}
