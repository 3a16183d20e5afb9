import { createHash } from 'node:crypto';
import type { Broker } from '../../../../../pkg/devbroker/index.js';
import type { HandlerContext, IncomingMessage } from '../../../../../pkg/kafka/index.js';

interface Call {
  readonly offset: number;
  readonly context: HandlerContext;
  readonly startedAt: number;
  running: boolean;
}

/** What a member has begun under its assignment, by partition and key; and what runs in it, by message. */
interface MemberRecord {
  readonly begun: Map<string, Call>;
  readonly running: Map<string, Call>;
}

interface WitnessParts {
  readonly broker: Broker;
  readonly groupId: string;
  readonly now: () => number;
  readonly handlerTimeoutMs: number;
}

/** Watches all members and the broker, and notes what breaks a promise. */
export class Witness {
  readonly violations: string[] = [];
  readonly #finished = new Map<string, Set<number>>();
  readonly #committed = new Map<string, bigint>();
  readonly #members = new Map<string, MemberRecord>();
  readonly #trace = createHash('sha256');

  private readonly now: () => number;
  private readonly handlerTimeoutMs: number;

  constructor({ broker, groupId, now, handlerTimeoutMs }: WitnessParts) {
    this.now = now;
    this.handlerTimeoutMs = handlerTimeoutMs;
    const commit = broker.offsets.commit.bind(broker.offsets);
    broker.offsets.commit = (group, offsets) => {
      commit(group, offsets);
      if (group !== groupId) return;
      for (const { topic, partition, offset } of offsets) this.#onCommit(`${topic}/${partition}`, offset);
    };
  }

  /** Tells two runs apart. */
  get digest(): string {
    return this.#trace.copy().digest('hex');
  }

  note(...facts: readonly (string | number)[]): void {
    this.#trace.update(`${this.now()} ${facts.join(' ')}\n`);
  }

  /** A generation of the group begins for the member. */
  assigned(member: string): void {
    this.note('assigned', member);
    this.#recordOf(member).begun.clear();
  }

  /** A handler begins. Returns what to call when it ends; true when that counts. */
  begin(member: string, message: IncomingMessage, context: HandlerContext): (handled: boolean) => void {
    const place = `${message.topic}/${message.partition}`;
    const offset = Number(message.offset);
    const { begun, running } = this.#recordOf(member);
    this.note('begin', member, place, offset, context.attempt);
    const lane = `${place}/${String(message.key)}`;
    const before = begun.get(lane);
    if (before !== undefined && before.running && !before.context.signal.aborted) {
      this.violated(`${member} began ${lane} at ${offset} while ${before.offset} ran`);
    }
    if (before !== undefined && before.offset > offset) {
      this.violated(`${member} began ${lane} at ${offset} after ${before.offset}`);
    }
    const twin = running.get(`${place}/${offset}`);
    // One that goes on after its time limit is waited for no longer.
    if (twin?.running === true && this.now() - twin.startedAt < this.handlerTimeoutMs) {
      this.violated(`${member} began ${place} ${offset} a second time while the first went on`);
    }
    const call: Call = { offset, context, startedAt: this.now(), running: true };
    begun.set(lane, call);
    running.set(`${place}/${offset}`, call);
    return (handled) => {
      call.running = false;
      this.note('end', member, place, offset, String(handled));
      // What is given up is delivered again.
      if (handled && !context.signal.aborted) this.finished(place, offset);
    };
  }

  /** Notes that a promise was broken. */
  violated(what: string): void {
    this.violations.push(`at ${this.now()} ms ${what}`);
  }

  /** The message needs no more work. */
  finished(place: string, offset: number): void {
    const finished = this.#finished.get(place) ?? new Set();
    this.#finished.set(place, finished);
    finished.add(offset);
  }

  isFinished(place: string, offset: number): boolean {
    return this.#finished.get(place)?.has(offset) === true;
  }

  /** The last committed offset of a partition. */
  committed(place: string): number {
    return Number(this.#committed.get(place) ?? 0n);
  }

  #onCommit(place: string, offset: bigint): void {
    this.note('commit', place, Number(offset));
    const before = this.#committed.get(place) ?? 0n;
    // It may go back for a moment: the broker serves what it has read of a connection that was cut since.
    for (let each = Number(before); each < Number(offset); each += 1) {
      if (!this.isFinished(place, each))
        this.violated(`${place} ${offset} was committed before ${each} was done`);
    }
    this.#committed.set(place, offset);
  }

  #recordOf(member: string): MemberRecord {
    const record = this.#members.get(member) ?? { begun: new Map(), running: new Map() };
    this.#members.set(member, record);
    return record;
  }
}
