import { Agent, request, type RequestOptions } from 'node:http';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { Logger } from '../../../internal/repo/contracts.js';
import { createLogger } from '../../../pkg/logger/index.js';
import { embeddedBroker, uniqueName } from '../../support/broker.js';
import { Instances, TEST_DOMAIN } from '../support/instance.js';
import { goodRequest } from './cases.js';
import { type Answer, type Operation, operationsOf } from './documented.js';

const TOKEN = 'the-control-token-that-no-log-line-may-show';
/** In what a client may hold for secret: in headers, queries, and profiles. */
const MARKER = 'marker-of-what-is-nobody-elses-business';

/** Milliseconds in which every request has to be answered, on a busy machine as well: none has a reason to wait so long. */
const PATIENCE_MS = 30_000;

/** What the frame itself answers to any request, whatever is documented of its route. */
const OF_THE_FRAME = new Set(['NO_SUCH_ROUTE', 'METHOD_NOT_ALLOWED', 'MALFORMED_PATH', 'FOREIGN_PAGE']);

/** The one whose requests are about nothing unless their query is right. */
const RECEIVE_PATH = '/kafka/consumer/receiver';
const RECEIVE = `GET ${RECEIVE_PATH}`;

interface FuzzedRequest {
  /** Of the operation. */
  readonly name: string;
  readonly prefix: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

interface FuzzedAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/**
 * Sends requests of all kinds to a service with a broker, and holds each answer to being no failure of the
 * service but a documented one, and the log to having none of what was secret in them.
 * @param seed the same requests for the same seed
 */
export async function fuzzService({ requests, seed }: { requests: number; seed: number }): Promise<void> {
  const instances = new Instances();
  const agent = new Agent({ keepAlive: true });
  const log = new PassThrough().setEncoding('utf8');
  let lines = '';
  log.on('data', (chunk: string) => (lines += chunk));
  try {
    const service = await instances.start({
      prefix: uniqueName('fuzz'),
      brokers: (await embeddedBroker()).brokers,
      env: { HTTP_CONTROL_TOKEN: TOKEN },
      overrides: (container) => {
        const logger = createLogger({ name: 'fuzz', level: 'debug', format: 'json', stream: log });
        container.rebind<Logger>(Logger).toConstantValue(logger);
      },
    });
    const operations = await operationsOf(service);
    const documented = new Map(operations.map(({ name, answers }) => [name, answers]));
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(requestsTo(operations, service.topic(TEST_DOMAIN)), async (fuzzed) => {
        const answer = await exchange(service.url, fuzzed, agent);
        seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
        check(fuzzed, answer, documented.get(fuzzed.name) ?? new Map());
        // So that a failure is found with the request that made it.
        expect(lines, 'a log line').not.to.include(TOKEN).and.not.to.include(MARKER);
        lines = '';
      }),
      { numRuns: requests, seed },
    );
    expect((await service.send('GET', '/livez')).status).to.equal(200);
    // Few of them are right in every part.
    const query = new URLSearchParams({ topic: service.topic(TEST_DOMAIN), group: 'group', timeoutMs: '1' });
    const authorization = { authorization: `Bearer ${TOKEN}` };
    const received = await service.send(
      'GET',
      `/v1${RECEIVE_PATH}?${query.toString()}`,
      undefined,
      authorization,
    );
    expect(received.status, RECEIVE).to.be.oneOf([200, 204]);
    // Were all refused, nothing would have been tried.
    const reads = operations.some((one) => one.method === 'GET' && one.pathParameters.length > 0);
    const named = reads ? [404] : [];
    for (const status of [200, 400, 401, 405, ...named])
      expect(seen.get(status), String(status)).to.be.greaterThan(0);
  } finally {
    agent.destroy();
    await instances.stop();
  }
}

function check(
  { name, method }: FuzzedRequest,
  { status, contentType, text }: FuzzedAnswer,
  documented: ReadonlyMap<number, Answer>,
): void {
  if (status >= 500) expect([...documented.keys()], `${name} answers: ${text}`).to.include(status);
  if (status < 400 || method === 'HEAD') return;
  // A probe that fails says so in a report of its own.
  if (documented.get(status)?.contentType === 'application/json') {
    expect(contentType, text).to.include('application/json');
    return;
  }
  expect(contentType, text).to.include('application/problem+json');
  const problem = JSON.parse(text) as Record<string, unknown>;
  expect(problem).to.include({ status });
  expect(problem['code']).to.match(/^[A-Z][A-Z0-9_]*$/);
  expect(problem['code']).not.to.equal('INTERNAL_ERROR');
  // With another method it is another operation.
  if (!name.startsWith(`${method} `) || OF_THE_FRAME.has(String(problem['code']))) return;
  expect([...documented.keys()], `${name} answers: ${text}`).to.include(status);
}

function requestsTo(operations: readonly Operation[], topic: string): fc.Arbitrary<FuzzedRequest> {
  const weighted = operations.map((operation) => ({
    weight: weightOf(operation),
    arbitrary: fc.constant(operation),
  }));
  return fc.oneof(...weighted).chain((operation) =>
    fc.record({
      name: fc.constant(operation.name),
      prefix: fc.constantFrom(...operation.servers),
      method: mostly(
        operation.method,
        fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
      ),
      path: pathOf(operation),
      query: queryOf(operation, topic),
      headers: headersOf(operation),
      body: bodyOf(operation, topic),
    }),
  );
}

/** Every switch of the consumers is a rebalance, and a receiver may have to join a group: a few say as much as many. */
function weightOf({ name, path }: Operation): number {
  if (/consumer\/(enable|disable)/.test(path)) return 1;
  return name === RECEIVE ? 4 : 20;
}

/** Most of the time what is right, so that the rest of the request is looked at as well. */
function mostly<T>(right: T, other: fc.Arbitrary<T>, weight = 8): fc.Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: other });
}

const text = fc.oneof(
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.string({ maxLength: 10 }),
  fc.constantFrom('', '0', '-1', '1e400', 'NaN', 'null', '../..', '%00', 'x'.repeat(300), '__proto__', 'u-1'),
);

function pathOf({ path }: Operation): fc.Arbitrary<string> {
  const segment = fc.oneof(
    fc.constantFrom('u-1', '1', 'x'.repeat(256), 'x'.repeat(257), '%', '%zz', '%2f', '%00', '.', '..', '%ff'),
    text.map((value) => encodeURIComponent(value.replace(/[\ud800-\udfff]/g, '?'))),
  );
  return segment.map((value) => path.replace(/\{\w+\}/, () => value));
}

function queryOf({ name: operation, queryParameters }: Operation, topic: string): fc.Arbitrary<string> {
  const known = queryParameters.length > 0 ? fc.constantFrom(...queryParameters) : fc.constant('verbose');
  const name = fc.oneof({ weight: 6, arbitrary: known }, { weight: 1, arbitrary: text });
  const value = fc.oneof(text, fc.constantFrom('1', '100', '50', topic, 'group'));
  // A topic's name may be said: it is what is wrong where there is none.
  const pair = fc.oneof(
    { weight: 9, arbitrary: fc.tuple(name, value) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom('token', 'userId', 'reason', 'after'), fc.constant(MARKER)),
    },
  );
  // It waits for what is asked for here, or for nothing: any other time is refused.
  const right = Object.entries({ topic, group: 'group', timeoutMs: '1' });
  const pairs =
    operation === RECEIVE
      ? mostly(
          right,
          fc
            .array(pair, { maxLength: 2 })
            .map((some) => Object.entries({ ...Object.fromEntries(right), ...Object.fromEntries(some) })),
          2,
        )
      : fc.array(pair, { maxLength: 4 });
  const encode = (part: string) => encodeURIComponent(part.replace(/[\ud800-\udfff]/g, '?'));
  return fc.oneof(
    { weight: 6, arbitrary: pairs.map((all) => all.map((pair) => pair.map(encode).join('=')).join('&')) },
    { weight: 1, arbitrary: fc.constantFrom('', '&', '=', '%', 'a=%zz', 'a[b]=c', `a=${'x'.repeat(2_000)}`) },
  );
}

/** What node:http lets a client send. */
const headerText = text.map((value) => value.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?'));

function headersOf({ isControl }: Operation): fc.Arbitrary<Record<string, string>> {
  const authorization = fc.constantFrom(
    `Bearer ${MARKER}`,
    'Bearer',
    `Basic ${MARKER}`,
    `bearer  ${TOKEN} `,
    TOKEN,
  );
  // The ids that a client gives its requests are in the log for it to find them.
  const ids = fc.dictionary(
    fc.constantFrom('x-correlation-id', 'x-request-id'),
    fc.oneof(headerText, fc.uuid()),
  );
  const other = fc.dictionary(
    fc.constantFrom('idempotency-key', 'accept', 'cookie', 'origin', 'traceparent'),
    fc.oneof(headerText, fc.constant(MARKER), fc.uuid()),
    { maxKeys: 3 },
  );
  const contentType = mostly(
    'application/json',
    fc.oneof(
      headerText,
      fc.constantFrom(
        'application/json; charset=utf-16',
        'text/plain',
        'application/json;',
        'multipart/form-data',
      ),
    ),
  );
  return fc
    .record({
      authorization: isControl ? mostly(`Bearer ${TOKEN}`, authorization, 4) : authorization,
      'content-type': contentType,
      ids,
      other,
    })
    .map(({ ids: named, other: more, ...headers }) => ({ ...headers, ...named, ...more }));
}

function bodyOf({ name, hasBody }: Operation, topic: string): fc.Arbitrary<Buffer | undefined> {
  if (!hasBody) return mostly<Buffer | undefined>(undefined, fc.constant(Buffer.from('{}')), 6);
  const good = { ...(goodRequest(name).body as object), ...(name.includes('/kafka') ? { topic } : {}) };
  const fresh = fc.uuid().map((id) => ('email' in good && 'id' in good ? { ...good, id } : good));
  const value = fc.oneof(
    text,
    fc.constantFrom(MARKER, `${MARKER}@example.com`, null, [], {}, 0, -1, 1.5, 2 ** 60, true),
    fc.jsonValue({ maxDepth: 4 }),
  );
  const field = fc.oneof(fc.constantFrom(...Object.keys(good), 'name', 'password', '__proto__'), text);
  const mutated = fc
    .tuple(fresh, fc.array(fc.tuple(field, value), { maxLength: 2 }))
    .map(([body, changes]) => JSON.stringify(Object.fromEntries([...Object.entries(body), ...changes])));
  const odd = fc.oneof(
    fc.json().map(String),
    fc.constantFrom(
      '',
      '{',
      '[]',
      'null',
      '"x"',
      '{"a":1}{"b":2}',
      '['.repeat(5_000),
      '\ufeff{}',
      '{"__proto__":{}}',
    ),
  );
  return fc.oneof(
    { weight: 10, arbitrary: mutated.map((json) => Buffer.from(json)) },
    { weight: 2, arbitrary: odd.map((json) => Buffer.from(json)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: mutated.map((json) => gzipSync(json)) },
  );
}

function exchange(url: string, fuzzed: FuzzedRequest, agent: Agent): Promise<FuzzedAnswer> {
  const { prefix, method, path, query, headers, body } = fuzzed;
  const { hostname, port } = new URL(url);
  const options: RequestOptions = {
    hostname,
    port,
    method,
    agent,
    path: `${prefix}${path}${query === '' ? '' : `?${query}`}`,
    headers: { ...headers, 'content-length': String(body?.length ?? 0) },
    signal: AbortSignal.timeout(PATIENCE_MS),
  };
  return new Promise((resolve, reject) => {
    const gone = (error: Error) => {
      reject(new Error(`${method} ${path}?${query}: ${error.message}`, { cause: error }));
    };
    const asked = request(options, (response) => {
      let answer = '';
      const { statusCode = 0, headers: answered } = response;
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => (answer += chunk))
        .on('end', () => {
          // The answer to HEAD is without a body.
          const contentType = method === 'HEAD' ? 'application/json' : (answered['content-type'] ?? '');
          resolve({ status: statusCode, contentType, text: answer });
        })
        .on('error', gone);
    });
    asked.on('error', gone);
    asked.end(body);
  });
}
