import { z } from 'zod';
import { METRICS_CONTENT_TYPE, type Metrics } from '../telemetry/index.js';
import { type ExchangeObserver } from './exchange.js';
import { defineRoute, type Route } from './route.js';

/** Seconds. */
const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Serves the metrics to Prometheus. */
export function metricsRoute(metrics: Metrics, path: string): Route {
  return defineRoute({
    method: 'get',
    path,
    tag: 'health',
    summary: 'The metrics of this instance, for Prometheus',
    replies: { 200: { description: 'All of them.', body: z.string(), contentType: METRICS_CONTENT_TYPE } },
    async handle() {
      return { status: 200, body: await metrics.render() };
    },
  });
}

/** Measures requests, those of `skipPaths` left out. Paths without a route count as one. */
export function requestMetrics(metrics: Metrics, skipPaths: readonly string[]): ExchangeObserver {
  const skipped = new Set(skipPaths);
  const durations = metrics.histogram({
    name: 'http_request_duration_seconds',
    help: 'How long requests took, from their headers to the end of the answer.',
    labels: ['method', 'route', 'status'],
    buckets: BUCKETS,
  });
  return ({ method, path, route = 'none', status, durationMs }) => {
    if (!skipped.has(path)) durations.observe({ method, route, status }, durationMs / 1000);
  };
}
