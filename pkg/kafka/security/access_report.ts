import type { Logger } from '../../logger/index.js';
import { OnceAMinute } from '../once_a_minute.js';

/**
 * Says that brokers keep this client out once a minute and not with each of the attempts, which go on by
 * themselves. Before the first connection it says nothing: whoever asked for that gets the error.
 */
export class AccessReport {
  #connectedOnce = false;
  readonly #said: OnceAMinute;

  constructor(
    private readonly logger: Pick<Logger, 'error'>,
    now?: () => number,
  ) {
    this.#said = new OnceAMinute(now);
  }

  connected(): void {
    this.#connectedOnce = true;
  }

  failed(explanation: string): void {
    // OpenSSL words one cause in several ways.
    const cause = explanation.replace(/ \(.*\)$/s, '');
    if (this.#connectedOnce && this.#said.isNews(cause)) this.logger.error(`Kafka: ${explanation}`);
  }
}
