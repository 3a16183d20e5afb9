import { randomUUID } from 'node:crypto';
import { type RequestHandler } from 'express';
import { currentContext, runWithContext } from '../logger/index.js';

/** Long enough for every tracing system's ids, and nothing that could forge a header or a log line. */
const SANE = /^[\w.:/+=-]{1,128}$/;

/**
 * Gives each request a correlation id: the client's `x-correlation-id` or `x-request-id` where it is sane,
 * else a new one. It is in the answer's `x-correlation-id`, and in the context in which all further work for
 * the request runs.
 */
export function correlation(): RequestHandler {
  return (request, response, next) => {
    const given = [request.get('x-correlation-id'), request.get('x-request-id')];
    const correlationId = given.find((id) => id !== undefined && SANE.test(id)) ?? randomUUID();
    response.set('x-correlation-id', correlationId);
    runWithContext({ correlationId }, next);
  };
}

/** The id of the request in hand. */
export function correlationId(): string {
  return currentContext()?.correlationId ?? '';
}
