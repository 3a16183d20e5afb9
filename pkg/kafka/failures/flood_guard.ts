import { checkRanges, COUNT, INTERVAL, SHARE } from '../option_ranges.js';

/** When messages fail for good so often that something else than the messages must be wrong. */
export interface FloodLimits {
  /** More failed messages than this within the window trip the guard. Default 20. */
  readonly maxFailed: number;
  /** Milliseconds. Default 10,000. */
  readonly windowMs: number;
  /** So does this part of all messages that ended within the window, 0 to 1. Default 0.5. */
  readonly share: number;
  /** ... once so many have ended. Default 10. */
  readonly minMessages: number;
  /** Milliseconds after which a tripped guard lets messages through again. Default 60,000. */
  readonly quietMs: number;
}

const SLOTS = 10;

/** The limits with their defaults. @throws InvalidOption */
export function withFloodDefaults(limits: Partial<FloodLimits> = {}): FloodLimits {
  const resolved = {
    maxFailed: 20,
    windowMs: 10_000,
    share: 0.5,
    minMessages: 10,
    quietMs: 60_000,
    ...limits,
  };
  checkRanges(
    resolved,
    {
      maxFailed: { ...COUNT, min: 0 },
      windowMs: INTERVAL,
      share: SHARE,
      minMessages: COUNT,
      quietMs: INTERVAL,
    },
    'floodGuard.',
  );
  return resolved;
}

/**
 * Counts how messages end, within a sliding window of ten slots. It trips when a message that failed for
 * good exceeds a limit, and stays so until {@link reset} or until the quiet time has passed; both forget
 * what was counted.
 */
export class FloodGuard {
  readonly #slots: { slot: number; handled: number; failed: number }[] = [];
  #handled = 0;
  #handledSince = performance.now();
  #quiet: NodeJS.Timeout | undefined;
  /** Called when the guard trips, and when it lets messages through again. */
  onChange: (tripped: boolean) => void = () => undefined;

  constructor(private readonly limits: FloodLimits | undefined) {}

  get tripped(): boolean {
    return this.#quiet !== undefined;
  }

  /** A message was handled. Only counts, since it is called for each. */
  handled(): void {
    this.#handled += 1;
  }

  /** A message is about to be set aside. True when it must wait: the guard is tripped, perhaps by it. */
  failed(): boolean {
    if (this.limits === undefined || this.tripped) return this.tripped;
    const { maxFailed, share, minMessages } = this.limits;
    const slot = this.#slotOfNow(this.limits);
    slot.failed += 1;
    slot.handled += this.#handledInWindow(this.limits);
    const failed = this.#slots.reduce((sum, slot) => sum + slot.failed, 0);
    const ended = failed + this.#slots.reduce((sum, slot) => sum + slot.handled, 0);
    if (failed > maxFailed || (ended >= minMessages && failed >= ended * share)) this.#trip(this.limits);
    return this.tripped;
  }

  /** Lets messages through again, and counts anew. */
  reset(): void {
    if (this.#quiet === undefined) return;
    clearTimeout(this.#quiet);
    this.#quiet = undefined;
    this.#slots.length = 0;
    this.#handled = 0;
    this.#handledSince = performance.now();
    this.onChange(false);
  }

  #trip({ quietMs }: FloodLimits): void {
    this.#quiet = setTimeout(() => {
      this.reset();
    }, quietMs).unref();
    this.onChange(true);
  }

  /** The messages handled since the last failure; of more than a window the part that its length is. */
  #handledInWindow({ windowMs }: FloodLimits): number {
    const now = performance.now();
    const part = Math.min(1, windowMs / Math.max(now - this.#handledSince, 1));
    const handled = Math.round(this.#handled * part);
    this.#handled = 0;
    this.#handledSince = now;
    return handled;
  }

  #slotOfNow({ windowMs }: FloodLimits): { handled: number; failed: number } {
    const slot = Math.floor((performance.now() * SLOTS) / windowMs);
    while (this.#slots[0] !== undefined && this.#slots[0].slot <= slot - SLOTS) this.#slots.shift();
    const last = this.#slots.at(-1);
    if (last?.slot === slot) return last;
    const created = { slot, handled: 0, failed: 0 };
    this.#slots.push(created);
    return created;
  }
}
