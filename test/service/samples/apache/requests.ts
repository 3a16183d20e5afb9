import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../../../support/eventually.js';

const SEND_EVERY_MS = 20;
const MORE_WITHIN_MS = 120_000;

/** What `/readyz?verbose` answered. */
export interface Readiness {
  readonly status: number;
  readonly checks: Readonly<Record<string, { readonly status: string; readonly detail?: string }>>;
}

/** A request that was not accepted. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly retryAfter: string | null;
}

/** Asks a service for translations all the time, and keeps account of what it answers. */
export class Requests {
  /** Event ids of what was answered with 202. */
  readonly accepted = new Set<string>();
  readonly refusals: Refusal[] = [];
  /** Probes of `/livez` that were answered with anything but 200. */
  notAlive = 0;
  lastReport: Readiness | undefined;
  private readonly open = new Set<Promise<void>>();
  private running = false;
  private sending: Promise<void> | undefined;

  constructor(private readonly url: string) {}

  start(): void {
    this.running = true;
    this.sending = this.send();
  }

  /** Asks no more, and waits for the answers. */
  async stop(): Promise<void> {
    this.running = false;
    await this.sending;
    await Promise.all(this.open);
  }

  /** Waits until so many more were accepted. */
  async acceptedMore(count: number): Promise<void> {
    const enough = this.accepted.size + count;
    await eventually(() => this.accepted.size >= enough, {
      timeoutMs: MORE_WITHIN_MS,
      what: () => `${this.accepted.size} of ${enough} accepted`,
    });
  }

  /** Asks both probes; whether the process lives is only noted. */
  async readiness(): Promise<Readiness> {
    const alive = await fetch(`${this.url}/livez`);
    if (alive.status !== 200) this.notAlive += 1;
    const answer = await fetch(`${this.url}/readyz?verbose`);
    const { checks } = (await answer.json()) as Pick<Readiness, 'checks'>;
    this.lastReport = { status: answer.status, checks };
    return this.lastReport;
  }

  private async send(): Promise<void> {
    for (let number = 0; this.running; number += 1) {
      const asked = this.ask(number).finally(() => this.open.delete(asked));
      this.open.add(asked);
      await pause(SEND_EVERY_MS);
    }
  }

  private async ask(number: number): Promise<void> {
    const answer = await fetch(`${this.url}/v1/translations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userId: `user-${number % 50}`, source: 'en', target: 'de', original: 'hello' }),
    });
    const { eventId, code } = (await answer.json()) as { eventId: string; code: string };
    if (answer.status === 202) this.accepted.add(eventId);
    else this.refusals.push({ status: answer.status, code, retryAfter: answer.headers.get('retry-after') });
  }
}
