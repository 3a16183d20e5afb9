import { type RequestHandler, type Response, Router } from 'express';
import { HttpProblem } from './problem.js';
import { readInput } from './request_input.js';
import { type Reply, type ReplySpec, type Route } from './route.js';

/** What stands before a route's handler. */
export interface RouteGuards {
  /** Before control routes. */
  readonly control: RequestHandler;
  /** Before routes with a body. */
  readonly body: readonly RequestHandler[];
  /** Aborted when requests that wait are to end. */
  readonly stopping?: AbortSignal | undefined;
}

/** Serves the routes; another method on one of their paths answers 405 with those that there are. */
export function routesRouter(routes: readonly Route[], guards: RouteGuards): Router {
  const router = Router({ caseSensitive: true });
  for (const path of new Set(routes.map((route) => route.path))) {
    const onPath = routes.filter((route) => route.path === path);
    const place = router.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const route of onPath) {
      place[route.method](
        nameRoute(route),
        ...(route.access === 'control' ? [guards.control] : []),
        ...(route.request?.body === undefined ? [] : guards.body),
        serve(route, guards.stopping),
      );
    }
    place.all(refuseMethod(onPath));
  }
  return router;
}

/** Leaves the route's name for whoever observes the exchange. */
function nameRoute({ path }: Route): RequestHandler {
  return (_request, response, next) => {
    response.locals['route'] = path;
    next();
  };
}

function serve(route: Route, stopping: AbortSignal | undefined): RequestHandler {
  return async (request, response) => {
    const signal = endSignal(response, stopping);
    const reply = await route.handle({ ...readInput(route, request), signal });
    send(response, reply, route.replies[reply.status]);
  };
}

function endSignal(response: Response, stopping: AbortSignal | undefined): AbortSignal {
  const end = new AbortController();
  const stop = (): void => {
    end.abort(stopping?.reason);
  };
  // By hand: what AbortSignal.any derives from a signal that lives as long as the program may be kept as long.
  if (stopping?.aborted) stop();
  else stopping?.addEventListener('abort', stop, { once: true });
  response.once('close', () => {
    stopping?.removeEventListener('abort', stop);
    if (!response.writableFinished) end.abort(new Error('the client has gone'));
  });
  return end.signal;
}

/** @param spec a JSON body is cut to its schema, so that nothing is sent that is not documented */
function send(response: Response, { status, body, headers }: Reply, spec: ReplySpec | undefined): void {
  response.status(status).set(headers ?? {});
  if (spec?.body === undefined) response.end();
  else if (spec.contentType === undefined) response.json(spec.body.parse(body));
  else response.type(spec.contentType).send(body);
}

function refuseMethod(onPath: readonly Route[]): RequestHandler {
  const methods = onPath.map(({ method }) => method.toUpperCase());
  // Express answers HEAD by the handler of GET.
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
  return ({ method }) => {
    const detail = `${method} is not possible here; ${allow} are.`;
    throw new HttpProblem({ status: 405, code: 'METHOD_NOT_ALLOWED', detail, headers: { allow } });
  };
}
