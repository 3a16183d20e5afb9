import { type z } from 'zod';

/** The schemas of what a request carries; a part without one is not looked at. */
export interface RequestParts {
  /** Of `{name}` in the path. */
  readonly params?: z.ZodObject;
  /** Make it strict, so that a misspelt name is refused. */
  readonly query?: z.ZodObject;
  /** JSON. */
  readonly body?: z.ZodType;
}

/** One way in which a route answers when all is well. */
export interface ReplySpec {
  readonly description: string;
  /** JSON, unless `contentType` says otherwise. */
  readonly body?: z.ZodType;
  /** Default `application/json`; the body of any other type is a string. */
  readonly contentType?: string;
  /** What the reply's headers say, by name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** By HTTP status. */
export type Replies = Readonly<Record<number, ReplySpec>>;

type Part<Parts, Name extends string> = Name extends keyof Parts
  ? Parts[Name] extends z.ZodType
    ? z.output<Parts[Name]>
    : undefined
  : undefined;

/** What a handler gets: each part as its schema left it. */
export interface RequestInput<Parts extends RequestParts> {
  readonly params: Part<Parts, 'params'>;
  readonly query: Part<Parts, 'query'>;
  readonly body: Part<Parts, 'body'>;
  /**
   * The request's Idempotency-Key within this route, path, caller, query and body, so that it cannot meet the same
   * key of another request; undefined when none was sent, or the route does not take one.
   */
  readonly idempotencyKey: string | undefined;
  /** Those of the route's flags that the query has. */
  readonly flags: ReadonlySet<string>;
  /** Aborted when the client has gone, or the program stops: what waits for something is to answer without. */
  readonly signal: AbortSignal;
}

type ReplyOf<Spec extends Replies> = {
  [Status in keyof Spec]: {
    readonly status: Status;
    readonly headers?: Readonly<Record<string, string>>;
  } & (Spec[Status] extends { readonly body: infer Body extends z.ZodType }
    ? { readonly body: z.output<Body> }
    : { readonly body?: undefined });
}[keyof Spec];

/** All there is to say of a route; the router and the OpenAPI document are both made from it. */
export interface RouteSpec<Parts extends RequestParts, Spec extends Replies> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With parameters as in OpenAPI: `/users/{id}`. */
  readonly path: string;
  /** A few words, without a full stop. */
  readonly summary: string;
  readonly description?: string;
  /** Routes of one tag stand together in the documentation. */
  readonly tag: string;
  /** `control` routes are for operators: see {@link ControlAccess}. Default `open`. */
  readonly access?: 'open' | 'control';
  /** Whether the route takes an Idempotency-Key. Default false. */
  readonly idempotent?: boolean;
  readonly request?: Parts;
  /**
   * Query parameters that count by being there, whatever their value (but for `false`): name to what it does. What
   * else the query holds is left alone, unless `request` has a schema for it.
   */
  readonly flags?: Readonly<Record<string, string>>;
  readonly replies: Spec;
  /** Further answers, all of them problems: status to what it means here. */
  readonly problems?: Readonly<Record<number, string>>;
  readonly handle: (input: RequestInput<Parts>) => Promise<ReplyOf<Spec>>;
}

/** A reply whose status and body are known to fit the route. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A route as the router sees it. */
export interface Route extends Omit<RouteSpec<RequestParts, Replies>, 'handle'> {
  readonly handle: (input: RequestInput<RequestParts>) => Promise<Reply>;
}

/** Declares a route; the compiler holds its handler to the request and the replies that it declares. */
export function defineRoute<const Parts extends RequestParts, const Spec extends Replies>(
  spec: RouteSpec<Parts, Spec>,
): Route {
  // The router hands over exactly what these schemas return, which the erased type cannot say.
  return spec as unknown as Route;
}

/**
 * The statuses of a route's problems and what they mean: its own, and those that follow from its shape.
 * @param gated whether the route is not served all the time
 */
export function problemsOf(
  { access, idempotent, request, problems }: Route,
  gated: boolean,
): Record<number, string> {
  const { params, query, body } = request ?? {};
  const validated = params ?? query ?? body ?? idempotent;
  return {
    ...(gated ? { 503: 'The service is starting.' } : {}),
    ...(validated === undefined ? {} : { 400: 'The request is not valid; `errors` names each fault.' }),
    ...(access === 'control'
      ? { 401: 'The control token is missing or wrong.', 403: 'The request comes from a page elsewhere.' }
      : {}),
    ...(body === undefined
      ? {}
      : { 413: 'The body is too large.', 415: 'The body is not JSON in a known encoding.' }),
    ...problems,
  };
}
