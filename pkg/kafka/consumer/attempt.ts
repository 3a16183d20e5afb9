import type { HandlerContext, IncomingMessage } from '../message.js';
import type { Task } from './task.js';

/** One call of a handler, which is also the context that it gets. */
export class Attempt implements HandlerContext {
  #controller: AbortController | undefined;
  #reason: Error | undefined;
  /** True when nobody waits for the handler any more, though it may still run. */
  givenUp = false;
  /** True once the handler has returned. */
  settled = false;

  constructor(
    readonly task: Task,
    readonly startedAt: number,
    /** On the scale of performance.now(). */
    readonly deadline: number,
  ) {}

  /** The topic that the handler was registered for. */
  get topic(): string {
    return this.task.work.route.subscription.topic;
  }

  /** Made when it is asked for: most handlers never do, and it costs more than the rest of a call. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** Tells the handler that its result is of no use any more. */
  giveUp(reason: Error): void {
    this.givenUp = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}

/** The message as its handler gets it in this attempt. */
export function messageOf({ work, record, deliveries }: Task): IncomingMessage {
  const { offset, key, value, headers, timestamp } = record;
  return {
    topic: work.topic,
    partition: work.partition,
    offset,
    key,
    value,
    headers,
    timestamp,
    attempt: deliveries,
  };
}
