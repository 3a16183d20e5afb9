import { type Container } from 'inversify';
import { type Config as AppConfig } from '../../config/config.js';
import { type ControlAccess, createHttpApp, HttpServer, type Route } from '../../pkg/httpserver/index.js';
import { healthRoutes } from '../controller/http/health.js';
import { toProblem } from '../controller/http/problems.js';
import { Logger } from '../repo/contracts.js';
import { Health } from '../usecase/contracts.js';
import { type Component } from './lifecycle.js';
import { ApiRoutes, Config } from './tokens.js';

/** Every route of the API is served under both: the sources of this service disagree on the prefix. */
const API_PREFIXES = ['/v1', '/api/v1'];

export interface HttpComponentOptions {
  /** Whether the program has started and is not about to stop. */
  accepting: () => boolean;
  /** Is told the URL. */
  onListening: (url: string) => void;
}

/** The HTTP listener with every domain's routes and the probes. */
export function httpComponent(
  container: Container,
  { accepting, onListening }: HttpComponentOptions,
): Component {
  const config = container.get<AppConfig>(Config);
  const { HOST, PORT, READ_TIMEOUT, WRITE_TIMEOUT, IDLE_TIMEOUT } = config.HTTP;
  const app = createHttpApp({
    groups: [
      { prefixes: [''], routes: healthRoutes({ health: container.get<Health>(Health), accepting }) },
      { prefixes: API_PREFIXES, routes: container.getAll<Route[]>(ApiRoutes).flat() },
    ],
    control: controlAccess(config),
    logger: container.get<Logger>(Logger),
    toProblem,
    quietPaths: config.METRICS.SKIP_PATHS,
  });
  const server = new HttpServer({
    host: HOST,
    port: PORT,
    handler: app,
    timeouts: { read: READ_TIMEOUT, write: WRITE_TIMEOUT, idle: IDLE_TIMEOUT },
  });
  return {
    name: 'http',
    start: async () => {
      onListening(await server.start());
    },
    stop: () => server.stop(),
  };
}

/** The token where there is one; without it only a developer's own machine may control the service. */
export function controlAccess({ APP, HTTP }: AppConfig): ControlAccess {
  if (HTTP.CONTROL_TOKEN !== undefined) return { by: 'token', token: HTTP.CONTROL_TOKEN };
  const loopback = /^(localhost|127(\.\d+){3}|::1)$/.test(HTTP.HOST);
  return { by: loopback && APP.ENV === 'development' ? 'loopback' : 'nobody' };
}
