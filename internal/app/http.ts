import { setTimeout as wait } from 'node:timers/promises';
import { type Container } from 'inversify';
import { type Config as AppConfig } from '../../config/config.js';
import {
  controlAccess,
  createHttpApp,
  docsPage,
  HttpServer,
  metricsRoute,
  openApiDocument,
  probeRoutes,
  requestMetrics,
  type Route,
  type RouteGroup,
} from '../../pkg/httpserver/index.js';
import { type Component, type Lifecycle } from '../../pkg/program/index.js';
import { Metrics } from '../../pkg/telemetry/index.js';
import { toProblem } from '../controller/http/problems.js';
import { Logger } from '../repo/contracts.js';
import { Health } from '../usecase/contracts.js';
import { stopTimes } from './stop_times.js';
import { ApiRoutes, Config } from './tokens.js';

/** Every route of the API is served under both: the sources of this service disagree on the prefix. */
const API_PREFIXES = ['/v1', '/api/v1'];

export interface HttpComponentOptions {
  /** Asked by the probes, and by the API, which serves nothing before everything has started. */
  life: () => Pick<Lifecycle, 'running' | 'hasStarted'>;
  /** Is told the URL. */
  onListening: (url: string) => void;
}

/** The HTTP side of the service: every domain's routes, the documentation, the probes and the metrics. */
export function apiComponent(container: Container, options: HttpComponentOptions): Component {
  const config = container.get<AppConfig>(Config);
  const api = {
    prefixes: API_PREFIXES,
    routes: container.getAll<Route[]>(ApiRoutes).flat(),
    available: () => options.life().hasStarted,
  };
  const groups = [api, operatorRoutes(container, options)];
  const pages = config.SWAGGER.ENABLED ? [documentation(config, groups)] : [];
  return listener(container, { ...options, port: config.HTTP.PORT, portSetting: 'HTTP_PORT', groups, pages });
}

/** The HTTP side of a program without an API: the probes and the metrics. */
export function probesComponent(container: Container, options: HttpComponentOptions): Component {
  const { HTTP } = container.get<AppConfig>(Config);
  const groups = [operatorRoutes(container, options)];
  return listener(container, {
    ...options,
    port: HTTP.HEALTH_PORT,
    portSetting: 'HTTP_HEALTH_PORT',
    groups,
    pages: [],
  });
}

function operatorRoutes(container: Container, { life }: HttpComponentOptions): RouteGroup {
  const { METRICS } = container.get<AppConfig>(Config);
  const health = container.get<Health>(Health);
  const readyWhen =
    'A broker answers, what is sent is acknowledged, the consumers are in their groups, the views have caught up.';
  const routes = probeRoutes({ life, readiness: () => health.readiness(), readyWhen });
  const metrics = METRICS.ENABLED ? [metricsRoute(container.get(Metrics), METRICS.PATH)] : [];
  return { prefixes: [''], routes: [...routes, ...metrics] };
}

interface ListenerOptions extends HttpComponentOptions {
  port: number;
  portSetting: string;
  groups: readonly RouteGroup[];
  pages: ReturnType<typeof docsPage>[];
}

/** Listens first, so that the probes answer while the rest starts, and is the first to stop. */
function listener(container: Container, options: ListenerOptions): Component {
  const { port, portSetting, groups, pages, onListening } = options;
  const config = container.get<AppConfig>(Config);
  const { APP, HTTP, METRICS } = config;
  const stopping = new AbortController();
  const app = createHttpApp({
    groups,
    stopping: stopping.signal,
    pages,
    control: controlAccess({
      token: HTTP.CONTROL_TOKEN,
      host: HTTP.HOST,
      trustsLoopback: APP.ENV === 'development',
    }),
    logger: container.get<Logger>(Logger),
    toProblem,
    quietPaths: METRICS.SKIP_PATHS,
    observers: METRICS.ENABLED ? [requestMetrics(container.get(Metrics), METRICS.SKIP_PATHS)] : [],
  });
  const server = new HttpServer({
    host: HTTP.HOST,
    port,
    portSetting,
    handler: app,
    timeouts: { read: HTTP.READ_TIMEOUT, write: HTTP.WRITE_TIMEOUT, idle: HTTP.IDLE_TIMEOUT },
  });
  return {
    name: 'http',
    startsFirst: true,
    async start() {
      onListening(await server.start());
    },
    async stop() {
      // Whoever sends work here is told by /readyz before it finds the door closed. Where it has never been ready,
      // nobody does.
      if (options.life().hasStarted) await wait(HTTP.DRAIN_DELAY);
      stopping.abort(new Error('the program stops'));
      await server.stop({ graceMs: stopTimes(config).requestsMs });
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
