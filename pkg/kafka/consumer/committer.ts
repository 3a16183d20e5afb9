import { asError, settlesWithin } from '../async.js';
import { DriverError, type PartitionPosition } from '../driver.js';
import type { Logger } from '../../logger/index.js';
import { missingRightOf } from '../security/missing_right.js';
import type { Assignment } from './assignment.js';

/** A commit without an answer holds up the next one no longer than this. */
const TURN_MS = 5_000;

/**
 * A broker may serve a commit whose connection broke after a later one on a new connection, which puts the
 * position back. So for this long after a commit failed, the positions are committed again now and then.
 */
const DOUBT_MS = 30_000;
const AGAIN_MS = 5_000;

/**
 * Commits the positions of the current assignment: on a timer, after many messages, and when asked. What
 * could not be committed stays dirty and goes with the next request. One request goes after the other, but
 * not for ever: positions only rise, so it does no harm when one overtakes another that has no answer. What
 * is answered late counts as committed last, so that it is committed anew where it was not.
 */
export class Committer {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** That after it, for which all wait who asked meanwhile. */
  #next: Promise<void> | undefined;
  #doubtUntil = -Infinity;
  #againAt = Infinity;

  constructor(
    private readonly parts: {
      readonly groupId: string;
      readonly intervalMs: number;
      readonly afterMessages: number;
      readonly logger: Logger;
      /** The assignment of now, if there is one. */
      readonly current: () => Assignment | undefined;
      readonly commit: (positions: readonly PartitionPosition[]) => Promise<void>;
      readonly onCommitted: (positions: readonly PartitionPosition[]) => void;
      /** The broker does not know the member any more. */
      readonly onMembershipLost: (error: DriverError) => void;
    },
  ) {}

  /** Starts the timer. */
  start(): void {
    this.#timer ??= setInterval(() => {
      void this.commit();
    }, this.parts.intervalMs);
  }

  /** Stops the timer; a last {@link commitAtOnce} is the caller's. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Commits when enough messages were finished. */
  messageFinished(assignment: Assignment): void {
    assignment.uncommittedMessages += 1;
    if (assignment.uncommittedMessages < this.parts.afterMessages) return;
    assignment.uncommittedMessages = 0;
    void this.commit();
  }

  /**
   * Resolves when everything that was finished before the call was committed, or could not be; after some
   * time also without an answer.
   */
  async commit(): Promise<void> {
    if (this.#running === undefined) await this.#commitNow();
    else await (this.#next ??= this.#commitNext());
  }

  async #commitNext(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    this.#next = undefined;
    await this.#commitNow();
  }

  async #commitNow(): Promise<void> {
    const assignment = this.parts.current();
    if (assignment === undefined) return;
    const positions = this.#isTimeForAll() ? assignment.positions() : assignment.dirty();
    if (positions.length === 0) return;
    this.#running = settlesWithin(this.#send(assignment, positions), TURN_MS).then((answered) => {
      this.#running = undefined;
      if (!answered) this.#warn('no broker has answered a commit yet; later ones no longer wait', positions);
    });
    await this.#running;
  }

  #isTimeForAll(): boolean {
    const now = performance.now();
    if (now < this.#againAt) return false;
    this.#againAt = now < this.#doubtUntil ? now + AGAIN_MS : Infinity;
    return true;
  }

  /** Commits what was finished before the call, without a wait for a request that is on its way. */
  async commitAtOnce(): Promise<void> {
    const assignment = this.parts.current();
    const positions = assignment?.dirty() ?? [];
    if (assignment !== undefined && positions.length > 0) await this.#send(assignment, positions);
  }

  async #send(assignment: Assignment, positions: readonly PartitionPosition[]): Promise<void> {
    try {
      assignment.uncommittedMessages = 0;
      // Called in the same turn as current(): the client commits under the generation of this moment.
      await this.parts.commit(positions);
      assignment.markCommitted(positions);
      this.parts.onCommitted(positions);
    } catch (error) {
      this.#doubtUntil = performance.now() + DOUBT_MS;
      this.#againAt = performance.now() + AGAIN_MS;
      if (error instanceof DriverError && error.reason === 'membership-lost') {
        this.parts.onMembershipLost(error);
      }
      // The log has it already, or will have it when the member finds that it cannot stay.
      if (missingRightOf(error) !== undefined) return;
      this.#warn('positions could not be committed yet', positions, asError(error).message);
    }
  }

  #warn(what: string, positions: readonly PartitionPosition[], error?: string): void {
    this.parts.logger.warn(what, {
      groupId: this.parts.groupId,
      partitions: positions.map(({ topic, partition }) => `${topic}/${partition}`),
      ...(error === undefined ? {} : { error }),
    });
  }
}
