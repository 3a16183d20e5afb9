export { docsPage } from './docs_page.js';
export type { ControlAccess } from './control_access.js';
export type { Exchange, ExchangeObserver } from './exchange.js';
export { createHttpApp, type HttpAppOptions, type RouteGroup } from './http_app.js';
export { HttpServer, type HttpServerOptions } from './http_server.js';
export { type OpenApiInfo, openApiDocument } from './openapi.js';
export { type FieldProblem, HttpProblem, type ProblemMapper } from './problem.js';
export { defineRoute, type Reply, type RequestInput, type Route } from './route.js';
