import express, { type Express } from 'express';
import { type Health } from '../../usecase/contracts.js';

export interface RouterOptions {
  health: Health;
  /** Whether the program has started and is not about to stop. */
  accepting: () => boolean;
}

/** The HTTP side of the service: probes for whoever runs it. */
export function createRouter({ health, accepting }: RouterOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');

  // Alive means that the event loop turns; it says nothing of Kafka, since a restart would not mend Kafka.
  app.get('/livez', (_request, response) => {
    response.json({ status: 'pass' });
  });

  app.get('/readyz', (_request, response) => {
    const report = accepting() ? health.readiness() : { status: 'fail', checks: {} };
    response.status(report.status === 'pass' ? 200 : 503).json(report);
  });

  return app;
}
