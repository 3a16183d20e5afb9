import { DriverError, type FetchedBatch } from '../driver.js';
import { asError } from '../async.js';

/** The client drops beats that come too early, so they are offered more often than they are due. */
const BEATS_PER_INTERVAL = 3;

/**
 * Keeps the membership alive: the client itself sends heartbeats only between fetches, and one broker that
 * does not answer holds those up. A handler that hangs does not hide behind them, since its attempt ends
 * with its time limit.
 */
export class Heartbeats {
  #batch: FetchedBatch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #beating = false;

  constructor(
    private readonly intervalMs: number,
    private readonly onFailure: (error: DriverError) => void,
  ) {}

  /** Goes on with the newest batch of the assignment. */
  use(batch: FetchedBatch): void {
    this.#batch = batch;
    this.#timer ??= setInterval(() => {
      void this.#beat();
    }, this.intervalMs / BEATS_PER_INTERVAL);
  }

  /** The assignment ends. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#batch = undefined;
  }

  async #beat(): Promise<void> {
    const batch = this.#batch;
    const timer = this.#timer;
    if (batch === undefined || this.#beating) return;
    this.#beating = true;
    try {
      await batch.heartbeat();
    } catch (error) {
      // What an earlier assignment hears late says nothing about this one.
      if (timer === this.#timer) this.onFailure(asDriverError(error));
    } finally {
      this.#beating = false;
    }
  }
}

function asDriverError(error: unknown): DriverError {
  return error instanceof DriverError
    ? error
    : new DriverError('failed', asError(error).message, { cause: error });
}
