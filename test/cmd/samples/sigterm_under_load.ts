import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type Program } from '../../support/program.js';

/** What a program answered until it had ended. */
export interface LoadReport {
  /** Event ids of the requests that were answered with 202. */
  readonly accepted: ReadonlySet<string>;
  /** Statuses other than 202, with how often. */
  readonly refused: ReadonlyMap<number, number>;
  /** Requests that were sent before the signal and to which no answer came. */
  readonly lost: number;
  /** Requests a second, from the first to the signal. */
  readonly rate: number;
  /** Milliseconds after the signal; undefined where it was not seen. */
  readonly firstNotReady: number | undefined;
  /** Milliseconds after the signal: the first connection that was refused. */
  readonly firstRefused: number | undefined;
}

export interface LoadOptions {
  readonly url: string;
  /** Requests a second. */
  readonly rate: number;
  /** Milliseconds of load before the signal. */
  readonly forMs: number;
}

const TICK_MS = 10;
/** Requests under way at a time: a machine that cannot keep up is not to drown in those that wait. */
const MOST_OPEN = 128;

/** Asks a program for translations at a steady rate, sends it SIGTERM meanwhile, and goes on until it has ended. */
export async function sigtermUnderLoad(
  program: Program,
  { url, rate, forMs }: LoadOptions,
): Promise<LoadReport> {
  const load = new Load(url);
  await load.connect();
  const ended = new AbortController();
  const exited = program.exit().then(() => {
    ended.abort();
  });
  const startedAt = performance.now();
  let signalledAt: number | undefined;
  while (!ended.signal.aborted) {
    const elapsed = performance.now() - startedAt;
    const due = Math.floor((elapsed * rate) / 1_000);
    while (load.due < due) load.ask();
    if (signalledAt === undefined && elapsed >= forMs) {
      signalledAt = performance.now();
      load.signalled(signalledAt, elapsed);
      program.kill('SIGTERM');
    }
    if (signalledAt !== undefined) load.probe();
    await wait(TICK_MS);
  }
  await exited;
  return load.report();
}

class Load {
  /** Requests whose turn has come. */
  due = 0;
  private sent = 0;
  private probing = false;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: MOST_OPEN });
  /**
   * Of the probes: opened before the load. Node takes one new connection in each turn of its event loop, so
   * that on a machine that cannot keep up, a new one would wait for longer than the drain lasts.
   */
  private readonly probes = new Agent({ keepAlive: true, maxSockets: 1 });
  private readonly accepted = new Set<string>();
  private readonly refused = new Map<number, number>();
  private lost = 0;
  private signalAt = 0;
  private rate = 0;
  private firstNotReady: number | undefined;
  private firstRefused: number | undefined;
  private readonly open = new Set<Promise<void>>();

  constructor(private readonly url: string) {}

  signalled(at: number, elapsedMs: number): void {
    this.signalAt = at;
    this.rate = (this.sent / elapsedMs) * 1_000;
  }

  ask(): void {
    this.due += 1;
    if (this.open.size >= MOST_OPEN) return;
    this.sent += 1;
    const wasRunning = this.signalAt === 0;
    const body = JSON.stringify({ userId: this.sent % 50, source: 'en', target: 'de', original: 'hello' });
    this.track(
      this.exchange('POST', '/v1/translations', { body, agent: this.agent }).then(
        ({ status, text }) => {
          if (status === 202) this.accepted.add((JSON.parse(text) as { eventId: string }).eventId);
          else this.refused.set(status, (this.refused.get(status) ?? 0) + 1);
        },
        // Whoever comes as the door closes finds it closed.
        () => void (this.lost += Number(wasRunning)),
      ),
    );
  }

  /** Opens the connection of the probes. */
  async connect(): Promise<void> {
    await this.exchange('GET', '/readyz', { agent: this.probes });
  }

  /** What a load balancer would notice. */
  probe(): void {
    if (this.probing) return;
    this.probing = true;
    const since = performance.now() - this.signalAt;
    this.track(
      this.exchange('GET', '/readyz', { agent: this.probes }).then(
        ({ status }) => {
          this.probing = false;
          if (status === 503) this.firstNotReady ??= since;
        },
        (error: unknown) => {
          this.probing = false;
          if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') this.firstRefused ??= since;
        },
      ),
    );
  }

  async report(): Promise<LoadReport> {
    await Promise.all(this.open);
    this.agent.destroy();
    this.probes.destroy();
    const { accepted, refused, lost, rate, firstNotReady, firstRefused } = this;
    return { accepted, refused, lost, rate, firstNotReady, firstRefused };
  }

  private track(work: Promise<void>): void {
    this.open.add(work);
    void work.finally(() => this.open.delete(work));
  }

  private exchange(
    method: string,
    path: string,
    { body = '', agent }: { body?: string; agent: Agent },
  ): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const asked = request(this.url + path, { method, agent, headers }, (response) => {
        let text = '';
        response
          .setEncoding('utf8')
          .on('data', (chunk: string) => (text += chunk))
          .on('end', () => {
            resolve({ status: response.statusCode ?? 0, text });
          })
          .on('error', reject);
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }
}
