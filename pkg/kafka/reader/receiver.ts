import { type ReadRecord } from '../driver.js';
import { receiveOne, type ReceiveFrom, type ReceiveRequest } from './receive_one.js';
import { Turns } from './turns.js';

/**
 * Receives single messages for groups that nobody consumes by. Calls for the same topic and group take turns, so
 * that each gets a message of its own; those of other processes are not seen.
 */
export class Receiver {
  readonly #turns = new Turns();

  constructor(private readonly from: ReceiveFrom) {}

  /**
   * As {@link receiveOne}; a call that waits for its turn waits for a message meanwhile.
   * @throws what receiveOne throws
   */
  async receive(request: ReceiveRequest): Promise<ReadRecord | undefined> {
    const { topic, groupId, timeoutMs, signal } = request;
    // Whoever has the turn may be asking the brokers still: what is there is not missed by being impatient.
    const queueMs = Math.max(timeoutMs, this.from.brokerTimeoutMs);
    const startedAt = performance.now();
    const impatient = AbortSignal.any([signal, AbortSignal.timeout(queueMs)]);
    return this.#turns.run(`${topic} ${groupId}`, impatient, () => {
      const left = Math.max(1, timeoutMs - (performance.now() - startedAt));
      return receiveOne(this.from, { ...request, timeoutMs: left });
    });
  }
}
