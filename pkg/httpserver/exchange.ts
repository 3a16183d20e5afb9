import { type RequestHandler } from 'express';
import { currentContext, type Logger, runWithContext } from '../logger/index.js';

/** A request and its answer, once it is over. */
export interface Exchange {
  readonly method: string;
  /** As it was sent, without the query, which may hold what no log should. */
  readonly path: string;
  /** The path of the route as it is declared; undefined where there is no such route. */
  readonly route: string | undefined;
  /** 499 when the client went away before it was answered. */
  readonly status: number;
  /** Milliseconds. */
  readonly durationMs: number;
}

/** Is told of each exchange. Must not throw. */
export type ExchangeObserver = (exchange: Exchange) => void;

/** Where the frame logs. */
export type AppLogger = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

const CLIENT_GONE = 499;

/** Tells the observers of each exchange when it is over, in the context of its request. */
export function exchanges(observers: readonly ExchangeObserver[]): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const context = currentContext();
    const [path = ''] = request.originalUrl.split('?', 1);
    response.once('close', () => {
      const exchange: Exchange = {
        method: request.method,
        path,
        route: response.locals['route'] as string | undefined,
        status: response.writableFinished ? response.statusCode : CLIENT_GONE,
        durationMs: performance.now() - startedAt,
      };
      const tell = () => {
        for (const observe of observers) observe(exchange);
      };
      // The event comes from the socket, which may serve many requests.
      if (context === undefined) tell();
      else runWithContext(context, tell);
    });
    next();
  };
}

/** Writes one line for each exchange; those of `quietPaths` at debug. */
export function accessLog(logger: AppLogger, quietPaths: readonly string[]): ExchangeObserver {
  const quiet = new Set(quietPaths);
  return ({ method, path, status, durationMs }) => {
    const level = quiet.has(path) ? 'debug' : 'info';
    logger[level](`${method} ${path} ${status}`, { ms: Math.round(durationMs * 10) / 10 });
  };
}
