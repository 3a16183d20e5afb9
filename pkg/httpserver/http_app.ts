import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { type ControlAccess, controlGuard } from './control_access.js';
import { correlation, correlationId } from './correlation.js';
import { accessLog, type AppLogger, type ExchangeObserver, exchanges } from './exchange.js';
import { jsonBody } from './json_body.js';
import { HttpProblem, problemBody, type ProblemMapper } from './problem.js';
import { type Route } from './route.js';
import { routesRouter } from './router.js';

/** Routes that are served below the same prefixes. */
export interface RouteGroup {
  /** `['/v1', '/api/v1']`: the same routes under each; the empty prefix is the root. */
  readonly prefixes: readonly string[];
  readonly routes: readonly Route[];
  /** While it answers false these routes answer 503. Default: they are always served. */
  readonly available?: () => boolean;
}

export interface HttpAppOptions {
  readonly groups: readonly RouteGroup[];
  readonly control: ControlAccess;
  readonly logger: AppLogger;
  /** What the service's own errors are answered with. */
  readonly toProblem: ProblemMapper;
  /** Paths whose lines in the access log are at debug. */
  readonly quietPaths?: readonly string[];
  readonly observers?: readonly ExchangeObserver[];
  /** Aborted when the program stops: the signals of the requests in hand are aborted with it. */
  readonly stopping?: AbortSignal;
  /** Served before the routes: pages and files that are no API. */
  readonly pages?: readonly RequestHandler[];
}

/**
 * The frame around routes: correlation ids, one access line a request, security headers, validated input,
 * and a problem (RFC 9457) for everything that goes wrong.
 */
export function createHttpApp(options: HttpAppOptions): Express {
  const {
    groups,
    control,
    logger,
    toProblem,
    stopping,
    quietPaths = [],
    observers = [],
    pages = [],
  } = options;
  const app = express();
  app.disable('etag');
  app.use(correlation());
  app.use(exchanges([accessLog(logger, quietPaths), ...observers]));
  app.use(securityHeaders());
  for (const page of pages) app.use(page);
  const guards = { control: controlGuard(control), body: jsonBody(), stopping };
  for (const { prefixes, routes, available } of groups) {
    const served = [...(available ? [gate(available)] : []), routesRouter(routes, guards)];
    for (const prefix of prefixes) app.use(prefix === '' ? '/' : prefix, ...served);
  }
  app.use(refuseUnknown);
  app.use(answerErrors(toProblem, logger));
  return app;
}

function gate(available: () => boolean): RequestHandler {
  return (_request, _response, next) => {
    if (available()) {
      next();
      return;
    }
    throw new HttpProblem({
      status: 503,
      code: 'STARTING',
      detail: 'The service is starting; try again in a moment.',
      headers: { 'retry-after': '1' },
    });
  };
}

function securityHeaders(): RequestHandler {
  return helmet({
    // TLS ends before this service, so that these two are for whoever ends it to say.
    strictTransportSecurity: false,
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  });
}

const refuseUnknown: RequestHandler = ({ method, path }) => {
  throw new HttpProblem({ status: 404, code: 'NO_SUCH_ROUTE', detail: `There is no ${method} ${path}.` });
};

/** What the router throws for a path whose %-sequences are none. */
function pathProblem(error: unknown): HttpProblem | undefined {
  if (!(error instanceof URIError)) return undefined;
  return new HttpProblem({ status: 400, code: 'MALFORMED_PATH', detail: 'The path is not valid.' });
}

const unexpected = new HttpProblem({
  status: 500,
  code: 'INTERNAL_ERROR',
  detail: 'Something went wrong in the service; its log says what, under the correlation id.',
});

function answerErrors(toProblem: ProblemMapper, logger: AppLogger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const problem = error instanceof HttpProblem ? error : (pathProblem(error) ?? toProblem(error));
    if (problem === undefined) logger.error('a request failed', { method: request.method, error });
    else if (problem.details.status >= 500) logger.warn('a request could not be served', { error });
    if (response.headersSent) {
      // Express ends the connection, which is all that can still tell the client.
      next(error);
      return;
    }
    const { details } = problem ?? unexpected;
    response
      .status(details.status)
      .set(details.headers ?? {})
      .type('application/problem+json')
      .send(JSON.stringify(problemBody(details, correlationId())));
  };
}
