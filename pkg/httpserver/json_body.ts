import express, { type RequestHandler } from 'express';
import { HttpProblem } from './problem.js';

/** Bytes of a request's body, after decompression. */
export const BODY_LIMIT = 256 * 1024;

/**
 * Reads JSON bodies of at most {@link BODY_LIMIT} bytes. A body of another type is refused, so that a form of
 * another site cannot pass for JSON; no body at all is left to the route's schema.
 */
export function jsonBody(): RequestHandler[] {
  const parse: RequestHandler = express.json({ limit: BODY_LIMIT, strict: false });
  return [
    (request, _response, next) => {
      // Null where there is no body, false where it has another type.
      if (request.is('application/json') === false) {
        throw new HttpProblem({
          status: 415,
          code: 'UNSUPPORTED_MEDIA_TYPE',
          detail: 'The body must be JSON: send it with content-type: application/json.',
        });
      }
      next();
    },
    (request, response, next) => {
      parse(request, response, (error?: unknown) => {
        next(error === undefined ? undefined : bodyProblem(error));
      });
    },
  ];
}

const PROBLEMS: Readonly<Record<string, { status: number; code: string; detail: string }>> = {
  'entity.too.large': {
    status: 413,
    code: 'BODY_TOO_LARGE',
    detail: `The body is larger than ${BODY_LIMIT / 1024} kB.`,
  },
  'entity.parse.failed': { status: 400, code: 'INVALID_JSON', detail: 'The body is not valid JSON.' },
  'encoding.unsupported': {
    status: 415,
    code: 'UNSUPPORTED_ENCODING',
    detail: 'The content-encoding of the body is not supported; send gzip, deflate, br or none.',
  },
  'charset.unsupported': {
    status: 415,
    code: 'UNSUPPORTED_CHARSET',
    detail: 'The charset of the body is not supported; send UTF-8.',
  },
};

/** What the parser's error means to the client; an error that is not the client's stays as it is. */
function bodyProblem(error: unknown): unknown {
  const { type, status } = error as { type?: unknown; status?: unknown };
  const known = typeof type === 'string' ? PROBLEMS[type] : undefined;
  if (known !== undefined) return new HttpProblem(known);
  // Cut off, of another length than announced, not compressed as announced.
  if (typeof status === 'number' && status < 500) {
    return new HttpProblem({ status: 400, code: 'UNREADABLE_BODY', detail: 'The body cannot be read.' });
  }
  return error;
}
