import type sinon from 'sinon';
import {
  Conflict,
  NotAllowed,
  NotFound,
  NotPublished,
  Unavailable,
} from '../../../internal/entity/errors.js';
import { type StubbedApi } from '../support/stubbed_api.js';

/** What a request holds. */
export interface Sent {
  /** Below the prefix, with a query; default: the path as it is declared, with `{id}` being `u-1`. */
  path?: string;
  body?: unknown;
}

/** A request, the use case behind it, and what that does for the request to be answered with the status. */
interface Case extends Sent {
  operation: string;
  status: number;
  stub: (api: StubbedApi) => sinon.SinonStub;
  /** An error is thrown, anything else returned. */
  outcome: unknown;
}

const TIME = '2025-10-09T12:00:00.000Z';
const position = { topic: 'user-events', partition: 0, offset: '1' };
const recorded = { id: 'u-1', eventId: 'e-1', ...position };
const email = 'ada@example.com';
const user = { id: 'u-1', email, createdAt: TIME, updatedAt: TIME, createdBy: 'e-0' };
const text = { source: 'en', target: 'de', original: 'hello' };
const translation = { id: 't-1', ...text, status: 'requested', requestedAt: TIME };
const kafkaStatus = {
  instance: 'machine:1',
  brokers: ['a:1'],
  producerEnabled: true,
  consumerEnabled: false,
  consumerCount: 1,
  consumers: [
    {
      groupId: 'g',
      topics: ['t'],
      state: 'running',
      stoppedPartitions: [],
      blockedPartitions: [],
      flooded: false,
    },
  ],
};
const switched = { enabled: true, instance: 'machine:1' };
const ready = { status: 'pass', checks: { broker: { status: 'pass' } } };
const unready = { status: 'fail', checks: { broker: { status: 'fail', detail: 'none answers' } } };

const unconfirmed = new NotPublished('unknown', 'e-1');
const unknownUser = new NotFound('USER_NOT_FOUND', 'There is none.');
const unreachable = new Unavailable('KAFKA_UNAVAILABLE', 'No broker answers.');

function answers(
  operation: string,
  stub: Case['stub'],
  sent: Sent,
  outcomes: Readonly<Record<number, unknown>>,
): Case[] {
  return Object.entries(outcomes).map(([status, outcome]) => ({
    operation,
    status: Number(status),
    stub,
    outcome,
    ...sent,
  }));
}

/** For each operation, every status that does not follow from its shape alone. */
export const CASES: readonly Case[] = [
  ...answers('GET /livez', ({ health }) => health.readiness, {}, { 200: ready }),
  ...answers('GET /healthz', ({ health }) => health.readiness, {}, { 200: ready }),
  ...answers('GET /metrics', ({ health }) => health.readiness, {}, { 200: ready }),
  ...answers('GET /startupz', ({ health }) => health.readiness, {}, { 200: ready }),
  ...answers(
    'GET /readyz',
    ({ health }) => health.readiness,
    { path: '/readyz?verbose' },
    { 200: ready, 503: unready },
  ),
  ...answers(
    'POST /users',
    ({ users }) => users.create,
    { body: { id: 7, email } },
    {
      202: recorded,
      409: new Conflict('USER_EXISTS', 'There is one.'),
      503: unconfirmed,
    },
  ),
  ...answers(
    'PUT /users/{id}',
    ({ users }) => users.update,
    { body: { email, name: 'Ada' } },
    {
      202: recorded,
      404: unknownUser,
      503: unconfirmed,
    },
  ),
  ...answers(
    'DELETE /users/{id}',
    ({ users }) => users.remove,
    { path: '/users/u-1?reason=asked' },
    {
      202: recorded,
      404: unknownUser,
      503: unconfirmed,
    },
  ),
  ...answers(
    'GET /users',
    ({ users }) => users.list,
    { path: '/users?limit=1&after=a' },
    {
      200: { items: [user], next: 'u-1' },
    },
  ),
  ...answers('GET /users/{id}', ({ users }) => users.get, {}, { 200: user, 404: unknownUser }),
  ...answers(
    'POST /translations',
    ({ translations }) => translations.request,
    { body: { userId: 7, ...text } },
    {
      202: recorded,
      503: unconfirmed,
    },
  ),
  ...answers(
    'GET /translations',
    ({ translations }) => translations.listOfUser,
    { path: '/translations?userId=u' },
    {
      200: { items: [translation] },
    },
  ),
  ...answers(
    'GET /translations/{id}',
    ({ translations }) => translations.get,
    {},
    {
      200: translation,
      404: new NotFound('TRANSLATION_NOT_FOUND', 'There is none.'),
    },
  ),
  ...answers(
    'POST /kafka/producer/request',
    ({ kafka }) => kafka.produceMessage,
    { body: { topic: 'user-events', key: 1, value: { a: 1 } } },
    {
      200: { eventId: 'e-1', ...position },
      403: new NotAllowed('TOPIC_NOT_CONFIGURED', 'It is not.'),
      503: unconfirmed,
    },
  ),
  ...answers(
    'GET /kafka/consumer/receiver',
    ({ kafka }) => kafka.receiveMessage,
    { path: '/kafka/consumer/receiver?topic=t&group=g&timeoutMs=10' },
    {
      200: {
        ...position,
        key: Buffer.from('k'),
        value: Buffer.from([0xff]),
        headers: { one: Buffer.from('1'), many: [Buffer.from('2'), Buffer.from('3')] },
        timestamp: 0,
        attempt: 1,
      },
      204: undefined,
      404: new NotFound('TOPIC_NOT_FOUND', 'There is none.'),
      409: new Conflict('GROUP_IN_USE', 'It has members.'),
      503: unreachable,
    },
  ),
  ...(['enable', 'disable'] as const).flatMap((verb) => [
    ...answers(
      `POST /kafka/producer/${verb}`,
      ({ kafka }) => kafka[`${verb}Producer`],
      {},
      {
        200: switched,
        503: unreachable,
      },
    ),
    ...answers(
      `POST /kafka/consumer/${verb}`,
      ({ kafka }) => kafka[`${verb}Consumer`],
      {},
      {
        200: switched,
        503: unreachable,
      },
    ),
  ]),
  ...['/kafka/status', '/kafka/producer/status', '/kafka/consumer/status'].flatMap((path) =>
    answers(`GET ${path}`, ({ kafka }) => kafka.status, {}, { 200: kafkaStatus }),
  ),
];

/** A request that every schema accepts. */
export function goodRequest(operation: string): Sent {
  const found = CASES.find((one) => one.operation === operation);
  if (!found) throw new Error(`${operation} has no case: add one for each of its statuses`);
  return found;
}
