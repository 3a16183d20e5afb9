import { DriverError, type FetchedBatch } from '../driver.js';
import { asError } from '../async.js';

/**
 * Keeps the membership alive while handlers run: the client itself sends heartbeats only between batches.
 * A handler that hangs does not hide behind them, since its attempt ends with its time limit.
 */
export class Heartbeats {
  readonly #batches = new Set<FetchedBatch>();
  #timer: NodeJS.Timeout | undefined;
  #beating = false;

  constructor(
    private readonly intervalMs: number,
    private readonly onFailure: (error: DriverError) => void,
  ) {}

  /** A batch has begun. */
  begin(batch: FetchedBatch): void {
    this.#batches.add(batch);
    this.#timer ??= setInterval(() => {
      void this.#beat();
    }, this.intervalMs);
  }

  /** A batch has ended. */
  end(batch: FetchedBatch): void {
    this.#batches.delete(batch);
    if (this.#batches.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #beat(): Promise<void> {
    const [batch] = this.#batches;
    if (batch === undefined || this.#beating) return;
    this.#beating = true;
    try {
      await batch.heartbeat();
    } catch (error) {
      this.onFailure(
        error instanceof DriverError
          ? error
          : new DriverError('failed', asError(error).message, { cause: error }),
      );
    } finally {
      this.#beating = false;
    }
  }
}
