const MINUTE_MS = 60_000;

/** Tells what was not said within the last minute: what is tried over and over need not be told with each attempt. */
export class OnceAMinute {
  readonly #saidAt = new Map<string, number>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** True for the first of the same texts within a minute; it then counts as said. */
  isNews(text: string): boolean {
    const now = this.now();
    for (const [said, at] of this.#saidAt) if (now - at >= MINUTE_MS) this.#saidAt.delete(said);
    if (this.#saidAt.has(text)) return false;
    this.#saidAt.set(text, now);
    return true;
  }
}
