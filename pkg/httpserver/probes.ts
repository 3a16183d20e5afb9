import { z } from 'zod';
import { defineRoute, type Route } from './route.js';

/** Whether an instance should get work, and what was looked at to tell. */
export interface Readiness {
  /** With a warning it should get work nevertheless. */
  readonly status: 'pass' | 'warn' | 'fail';
  readonly checks: Readonly<Record<string, { status: 'pass' | 'warn' | 'fail'; detail?: string }>>;
}

export interface ProbesOptions {
  /** How far the program is in its life. */
  readonly life: () => {
    /** Whether it has started, and is not about to stop. */
    readonly running: boolean;
    /** Whether it has ever been so far. */
    readonly hasStarted: boolean;
  };
  /** Asked while it is running. */
  readonly readiness: () => Promise<Readiness>;
  /** What it takes to be ready, as a sentence for the documentation. */
  readonly readyWhen: string;
}

const about = { method: 'get', tag: 'health' } as const;

const alive = z.object({ status: z.literal('pass') }).meta({ id: 'Alive' });

const started = z.object({ status: z.enum(['pass', 'fail']) }).meta({ id: 'Started' });

const status = z.enum(['pass', 'warn', 'fail']);
const report = z
  .object({
    status,
    checks: z
      .record(z.string(), z.object({ status, detail: z.string().optional() }))
      .optional()
      .describe('With `?verbose`: what was looked at.'),
  })
  .meta({ id: 'HealthReport' });

/** `/livez` (and `/healthz`), `/startupz` and `/readyz`, for whoever runs the program. */
export function probeRoutes({ life, readiness, readyWhen }: ProbesOptions): Route[] {
  const look = async (): Promise<Readiness> => {
    const { running, hasStarted } = life();
    if (running) return readiness();
    const detail = hasStarted ? 'is about to stop' : 'is starting';
    return { status: 'fail', checks: { program: { status: 'fail', detail } } };
  };
  return [
    ...['/livez', '/healthz'].map((path) =>
      defineRoute({
        ...about,
        path,
        summary: 'Whether the process is alive',
        description: 'Says nothing of what it depends on, which a restart of this process would not mend.',
        replies: { 200: { description: 'The event loop turns.', body: alive } },
        handle: async () => ({ status: 200, body: { status: 'pass' } }),
      }),
    ),
    defineRoute({
      ...about,
      path: '/startupz',
      summary: 'Whether the program has started',
      replies: {
        200: { description: 'All of it has.', body: started },
        503: { description: 'Not yet.', body: started },
      },
      async handle() {
        return life().hasStarted
          ? { status: 200, body: { status: 'pass' } }
          : { status: 503, body: { status: 'fail' } };
      },
    }),
    defineRoute({
      ...about,
      path: '/readyz',
      summary: 'Whether this instance should get work',
      description: readyWhen,
      // Whoever probes takes a refusal for an answer: nothing else of the query is looked at.
      flags: { verbose: 'Also says what was looked at.' },
      replies: {
        200: { description: 'It should.', body: report },
        503: { description: 'It should not.', body: report },
      },
      async handle({ flags }) {
        const { status: overall, checks } = await look();
        const body = { status: overall, ...(flags.has('verbose') ? { checks } : {}) };
        return { status: overall === 'fail' ? 503 : 200, body };
      },
    }),
  ];
}
