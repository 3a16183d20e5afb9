import type { Pending } from './pending.js';

/** The messages that have no outcome yet, in the order in which they came. */
export class Outstanding {
  readonly #messages = new Set<Pending>();
  #watchers: { readonly left: Set<Pending>; readonly done: () => void }[] = [];

  add(pending: Pending): void {
    this.#messages.add(pending);
  }

  remove(pending: Pending): void {
    this.#messages.delete(pending);
    if (this.#watchers.length === 0) return;
    for (const { left, done } of this.#watchers) {
      left.delete(pending);
      if (left.size === 0) done();
    }
    this.#watchers = this.#watchers.filter(({ left }) => left.size > 0);
  }

  /** Resolves when all that are there now have their outcome. */
  settled(): Promise<void> {
    if (this.#messages.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#watchers.push({ left: new Set(this.#messages), done: resolve });
    });
  }
}
