import { delayAfter, type Backoff } from './backoff.js';

/**
 * One partition's wait for something that its handlers need and that is down. When the wait is over, one
 * message is tried alone: it tells whether the others may go on.
 */
export class InfrastructureGate<Task> {
  readonly #waiting: Task[] = [];
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #due = false;
  #probe: Task | undefined;

  constructor(
    private readonly backoff: Backoff,
    /** A message may be tried: see {@link takeProbe}. */
    private readonly onDue: () => void,
  ) {}

  /** True while messages wait here. */
  get closed(): boolean {
    return this.#waiting.length > 0 || this.#probe !== undefined;
  }

  /** The message failed for want of it. Returns the wait in milliseconds when one begins with it. */
  failed(task: Task): number | undefined {
    if (task === this.#probe) {
      this.#probe = undefined;
      this.#waiting.unshift(task);
    } else {
      this.#waiting.push(task);
    }
    if (this.#timer !== undefined || this.#due || this.#probe !== undefined) return undefined;
    this.#failures += 1;
    const delay = delayAfter(this.#failures, this.backoff);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#due = true;
      this.onDue();
    }, delay);
    return delay;
  }

  /** The message to be tried now; undefined when there is none to be tried yet. */
  takeProbe(): Task | undefined {
    if (!this.#due) return undefined;
    this.#due = false;
    this.#probe = this.#waiting.shift();
    return this.#probe;
  }

  /** A message was handled, or failed for another reason: of the probe, that opens the gate. Returns who waited. */
  answered(task: Task): Task[] {
    if (task !== this.#probe) return [];
    this.#probe = undefined;
    this.#failures = 0;
    return this.#waiting.splice(0);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
