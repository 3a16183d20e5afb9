import { z } from 'zod';
import { defineRoute, type Route } from '../../../pkg/httpserver/index.js';
import { type Health } from '../../usecase/contracts.js';

export interface HealthRoutesOptions {
  health: Health;
  /** Whether the program has started and is not about to stop. */
  accepting: () => boolean;
}

const alive = z.object({ status: z.literal('pass') }).meta({ id: 'Alive' });

const report = z
  .object({
    status: z.enum(['pass', 'fail']),
    checks: z.record(
      z.string(),
      z.object({ status: z.enum(['pass', 'fail']), detail: z.string().optional() }),
    ),
  })
  .meta({ id: 'HealthReport' });

/** The probes, for whoever runs the program. */
export function healthRoutes({ health, accepting }: HealthRoutesOptions): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/livez',
      tag: 'health',
      summary: 'Whether the process is alive',
      description: 'Says nothing of Kafka, since a restart of this process would not mend Kafka.',
      replies: { 200: { description: 'The event loop turns.', body: alive } },
      async handle() {
        return { status: 200, body: { status: 'pass' } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/readyz',
      tag: 'health',
      summary: 'Whether this instance should get work',
      replies: {
        200: { description: 'It should.', body: report },
        503: { description: 'It should not; `checks` says why.', body: report },
      },
      async handle() {
        const body = accepting() ? health.readiness() : { status: 'fail' as const, checks: {} };
        return { status: body.status === 'pass' ? 200 : 503, body };
      },
    }),
  ];
}
