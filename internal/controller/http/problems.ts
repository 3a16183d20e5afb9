import { InvalidEvent } from '../../../pkg/events/index.js';
import { HttpProblem } from '../../../pkg/httpserver/index.js';
import {
  Conflict,
  type DomainError,
  NotAllowed,
  NotFound,
  NotPublished,
  TooLarge,
  Unavailable,
} from '../../entity/errors.js';

/** Seconds until a client may try again what is not available. */
const RETRY_AFTER = '5';

/** The one place that says which HTTP status an error of the service has. */
export function toProblem(error: unknown): HttpProblem | undefined {
  if (error instanceof NotFound) return problem(404, error);
  if (error instanceof Conflict) return problem(409, error);
  if (error instanceof TooLarge) return problem(413, error);
  if (error instanceof NotAllowed) return problem(403, error);
  if (error instanceof Unavailable) {
    const eventId = error instanceof NotPublished ? error.eventId : undefined;
    return new HttpProblem({
      status: 503,
      code: error.code,
      detail: error.message,
      headers: { 'retry-after': RETRY_AFTER },
      ...(eventId === undefined ? {} : { eventId }),
    });
  }
  if (error instanceof InvalidEvent) {
    return new HttpProblem({ status: 400, code: error.code, detail: error.message });
  }
  return undefined;
}

function problem(status: number, { code, message }: DomainError): HttpProblem {
  return new HttpProblem({ status, code, detail: message });
}
