import { setTimeout as wait } from 'node:timers/promises';
import { type Container } from 'inversify';
import { type Config as AppConfig } from '../../config/config.js';
import {
  type ControlAccess,
  createHttpApp,
  docsPage,
  HttpServer,
  openApiDocument,
  type Route,
  type RouteGroup,
} from '../../pkg/httpserver/index.js';
import { Metrics } from '../../pkg/telemetry/index.js';
import { healthRoutes } from '../controller/http/health.js';
import { metricsRoute, requestMetrics } from '../controller/http/metrics.js';
import { toProblem } from '../controller/http/problems.js';
import { Logger } from '../repo/contracts.js';
import { Health } from '../usecase/contracts.js';
import { type Component, type Lifecycle } from './lifecycle.js';
import { ApiRoutes, Config } from './tokens.js';

/** Every route of the API is served under both: the sources of this service disagree on the prefix. */
const API_PREFIXES = ['/v1', '/api/v1'];

export interface HttpComponentOptions {
  /** Asked by the probes, and by the API, which serves nothing before everything has started. */
  life: () => Pick<Lifecycle, 'running' | 'hasStarted'>;
  /** Is told the URL. */
  onListening: (url: string) => void;
}

/**
 * The HTTP side of the program: every domain's routes, the probes, the documentation. It listens first, so
 * that the probes answer while the rest starts, and is the first to stop.
 */
export function httpComponent(container: Container, { life, onListening }: HttpComponentOptions): Component {
  const config = container.get<AppConfig>(Config);
  const { HOST, PORT, READ_TIMEOUT, WRITE_TIMEOUT, IDLE_TIMEOUT, DRAIN_DELAY } = config.HTTP;
  const metrics = container.get(Metrics);
  const probes = {
    prefixes: [''],
    routes: [
      ...healthRoutes({ health: container.get<Health>(Health), life }),
      ...(config.METRICS.ENABLED ? [metricsRoute(metrics, config.METRICS.PATH)] : []),
    ],
  };
  const api = {
    prefixes: API_PREFIXES,
    routes: container.getAll<Route[]>(ApiRoutes).flat(),
    available: () => life().hasStarted,
  };
  const app = createHttpApp({
    groups: [probes, api],
    control: controlAccess(config),
    logger: container.get<Logger>(Logger),
    toProblem,
    quietPaths: config.METRICS.SKIP_PATHS,
    observers: config.METRICS.ENABLED ? [requestMetrics(metrics, config.METRICS.SKIP_PATHS)] : [],
    pages: config.SWAGGER.ENABLED ? [documentation(config, [api, probes])] : [],
  });
  const timeouts = { read: READ_TIMEOUT, write: WRITE_TIMEOUT, idle: IDLE_TIMEOUT };
  const server = new HttpServer({ host: HOST, port: PORT, handler: app, timeouts });
  return {
    name: 'http',
    startsFirst: true,
    async start() {
      onListening(await server.start());
    },
    async stop() {
      // Whoever sends work here is told by /readyz before it finds the door closed.
      await wait(DRAIN_DELAY);
      await server.stop();
    },
  };
}

function documentation({ APP }: AppConfig, groups: readonly RouteGroup[]) {
  const description = [
    'Commands answer as soon as their event is stored; what they change can be read within moments.',
    'Every answer has an `x-correlation-id`, which is also in the log; send your own to choose it.',
  ].join('\n\n');
  return docsPage(openApiDocument({ title: APP.NAME, version: APP.VERSION, description }, groups), APP.NAME);
}

/** The token where there is one; without it only a developer's own machine may control the service. */
export function controlAccess({ APP, HTTP }: AppConfig): ControlAccess {
  if (HTTP.CONTROL_TOKEN !== undefined) return { by: 'token', token: HTTP.CONTROL_TOKEN };
  const loopback = /^(localhost|127(\.\d+){3}|::1)$/.test(HTTP.HOST);
  return { by: loopback && APP.ENV === 'development' ? 'loopback' : 'nobody' };
}
