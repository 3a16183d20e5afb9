import { z } from 'zod';
import { defineRoute, type Route } from '../../../pkg/httpserver/index.js';
import { type Health, type HealthReport } from '../../usecase/contracts.js';

export interface HealthRoutesOptions {
  health: Health;
  /** How far the program is in its life. */
  life: () => {
    /** Whether it has started, and is not about to stop. */
    readonly running: boolean;
    /** Whether it has ever been so far. */
    readonly hasStarted: boolean;
  };
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

/** The probes, for whoever runs the program. */
export function healthRoutes({ health, life }: HealthRoutesOptions): Route[] {
  const readiness = async (): Promise<HealthReport> => {
    const { running, hasStarted } = life();
    if (running) return health.readiness();
    const detail = hasStarted ? 'is about to stop' : 'is starting';
    return { status: 'fail', checks: { program: { status: 'fail', detail } } };
  };
  return [
    ...['/livez', '/healthz'].map((path) =>
      defineRoute({
        ...about,
        path,
        summary: 'Whether the process is alive',
        description: 'Says nothing of Kafka, since a restart of this process would not mend Kafka.',
        replies: { 200: { description: 'The event loop turns.', body: alive } },
        handle: async () => ({ status: 200, body: { status: 'pass' } }),
      }),
    ),
    defineRoute({
      ...about,
      path: '/startupz',
      summary: 'Whether the program has started',
      replies: {
        200: { description: 'It has, views included.', body: started },
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
      description:
        'A broker answers, what is sent is acknowledged, the consumers are in their groups, the views have caught up.',
      request: { query: z.strictObject({ verbose: z.enum(['', 'true', 'false']).default('false') }) },
      replies: {
        200: { description: 'It should.', body: report },
        503: { description: 'It should not.', body: report },
      },
      async handle({ query }) {
        const { status: overall, checks } = await readiness();
        const body = { status: overall, ...(query.verbose === 'false' ? {} : { checks }) };
        return { status: overall === 'fail' ? 503 : 200, body };
      },
    }),
  ];
}
