/**
 * Notices that nothing has been heard for too long. A tick that is itself late shows that the process
 * stood still, not the other side; it counts as a sign of life.
 */
export class Watchdog {
  #timer: NodeJS.Timeout | undefined;
  #heardAt = 0;
  #tickedAt = 0;

  constructor(
    /** Milliseconds that may pass; asked anew each time. */
    private readonly limitMs: () => number,
    private readonly onSilence: (silentMs: number) => void,
  ) {}

  start(): void {
    const intervalMs = this.limitMs() / 4;
    this.heard();
    this.#tickedAt = performance.now();
    this.#timer ??= setInterval(() => {
      this.#tick(intervalMs);
    }, intervalMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** A sign of life. */
  heard(): void {
    this.#heardAt = performance.now();
  }

  #tick(intervalMs: number): void {
    const now = performance.now();
    if (now - this.#tickedAt > 2 * intervalMs) this.#heardAt = now;
    this.#tickedAt = now;
    if (now - this.#heardAt <= this.limitMs()) return;
    this.stop();
    this.onSilence(now - this.#heardAt);
  }
}
