import { STATUS_CODES } from 'node:http';
import { z } from 'zod';

/** One thing that is wrong with a request. */
export interface FieldProblem {
  /** The part of the request: `body`, `query`, `path` or `header`. */
  readonly in: 'body' | 'query' | 'path' | 'header';
  /** Where in that part, levels joined by dots; empty for the part as a whole. */
  readonly field: string;
  readonly message: string;
}

interface ProblemDetails {
  readonly status: number;
  /** Stable and made for programs, for example `USER_NOT_FOUND`. */
  readonly code: string;
  /** For people; it is sent to the client, so it must not tell what is inside the service. */
  readonly detail: string;
  readonly errors?: readonly FieldProblem[];
  /** The event that the request was to publish, where there is one. */
  readonly eventId?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error that says itself how it is to be answered. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';

  constructor(readonly details: ProblemDetails) {
    super(details.detail);
  }
}

/** Turns an error into its answer; undefined leaves it to the frame, which answers 500. */
export type ProblemMapper = (error: unknown) => HttpProblem | undefined;

/** The body of every error answer (RFC 9457), with three members of our own: code, correlationId, errors. */
export const problemSchema = z
  .object({
    type: z.string().describe('Always about:blank: the code says what it is.'),
    title: z.string().describe('The meaning of the HTTP status.'),
    status: z.int(),
    code: z.string().describe('Stable, for programs.'),
    detail: z.string().describe('What is wrong, for people.'),
    correlationId: z.string().describe('Also in every log line of the request.'),
    errors: z
      .array(z.object({ in: z.string(), field: z.string(), message: z.string() }))
      .optional()
      .describe('Each part of the request that is wrong.'),
    eventId: z.string().optional().describe('The event that could not be published, or confirmed.'),
  })
  .meta({ id: 'Problem', description: 'What went wrong, as of RFC 9457.' });

/** The body that a problem is answered with. */
export function problemBody(
  { status, code, detail, errors, eventId }: ProblemDetails,
  correlationId: string,
): z.input<typeof problemSchema> {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail,
    correlationId,
    ...(errors === undefined ? {} : { errors: [...errors] }),
    ...(eventId === undefined ? {} : { eventId }),
  };
}
