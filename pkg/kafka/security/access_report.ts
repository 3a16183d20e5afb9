import type { Logger } from '../../logger/index.js';

/** Milliseconds for which a line stands before it is said again. */
const SAID_FOR_MS = 60_000;

/**
 * Says that brokers keep this client out once a minute and not with each of the attempts, which go on by
 * themselves. Before the first connection it says nothing: whoever asked for that gets the error.
 */
export class AccessReport {
  #connectedOnce = false;
  readonly #saidAt = new Map<string, number>();

  constructor(
    private readonly logger: Pick<Logger, 'error'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  connected(): void {
    this.#connectedOnce = true;
  }

  failed(explanation: string): void {
    const now = this.now();
    for (const [line, at] of this.#saidAt) if (now - at >= SAID_FOR_MS) this.#saidAt.delete(line);
    // OpenSSL words one cause in several ways.
    const cause = explanation.replace(/ \(.*\)$/s, '');
    if (!this.#connectedOnce || this.#saidAt.has(cause)) return;
    this.#saidAt.set(cause, now);
    this.logger.error(`Kafka: ${explanation}`);
  }
}
