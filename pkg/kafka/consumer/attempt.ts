import type { Task } from './partition_work.js';
import type { HandlerContext } from '../message.js';
import type { Linked, LinkedList } from '../linked_list.js';

/** One call of a handler, which is also the context that it gets. */
export class Attempt implements HandlerContext, Linked<Attempt> {
  previous: Attempt | undefined = undefined;
  next: Attempt | undefined = undefined;
  list: LinkedList<Attempt> | undefined = undefined;
  #controller: AbortController | undefined;
  #reason: Error | undefined;
  /** True when nobody waits for the handler any more, though it may still run. */
  givenUp = false;
  /** True once the handler has returned. */
  settled = false;

  readonly attempt: number;

  constructor(
    readonly task: Task,
    /** On the scale of performance.now(). */
    readonly startedAt: number,
  ) {
    this.attempt = task.deliveries;
  }

  /** When its time is up, on the same scale. */
  get deadline(): number {
    return this.startedAt + this.task.work.route.subscription.handlerTimeoutMs;
  }

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
