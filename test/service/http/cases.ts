import { Conflict, NotAllowed, NotFound, Unavailable } from '../../../internal/entity/errors.js';
import { Health, Kafka } from '../../../internal/usecase/contracts.js';
import { answers, type HttpCase, type Sent, tooLarge, unconfirmed } from '../support/http_case.js';
import { type StubbedApi } from '../support/stubbed_api.js';
import { translationCases } from '../translations/http_cases.js';
import { userCases } from '../users/http_cases.js';

const position = { topic: 'a-topic', partition: 0, offset: '1' };
const kafkaStatus = {
  instance: 'machine:1',
  brokers: ['a:1'],
  producerEnabled: true,
  consumerEnabled: false,
  producer: {
    acknowledgedMsAgo: null,
    unacknowledged: [{ topic: 't', partition: 0, forMs: 1, reason: null }],
  },
  consumerCount: 1,
  consumers: [
    {
      groupId: 'g',
      topics: ['t'],
      state: 'running',
      stoppedPartitions: [],
      reason: null,
      blockedPartitions: [],
      unreadablePartitions: [],
      waitingPartitions: [],
      flooded: false,
    },
  ],
};
const switched = { enabled: true, instance: 'machine:1' };
const ready = { status: 'pass', checks: { broker: { status: 'pass' } } };
const unready = { status: 'fail', checks: { broker: { status: 'fail', detail: 'none answers' } } };

const readiness = (api: StubbedApi) => api.stub(Health, 'readiness');
const kafka = (method: keyof Kafka) => (api: StubbedApi) => api.stub(Kafka, method);

const unreachable = new Unavailable('KAFKA_UNAVAILABLE', 'No broker answers.');

/** For each operation, every status that does not follow from its shape alone. */
export const CASES: readonly HttpCase[] = [
  ...answers('GET /livez', readiness, {}, { 200: ready }),
  ...answers('GET /healthz', readiness, {}, { 200: ready }),
  ...answers('GET /metrics', readiness, {}, { 200: ready }),
  ...answers('GET /startupz', readiness, {}, { 200: ready }),
  ...answers('GET /readyz', readiness, { path: '/readyz?verbose' }, { 200: ready, 503: unready }),
  ...userCases,
  ...translationCases,
  ...answers(
    'POST /kafka/producer/request',
    kafka('produceMessage'),
    { body: { topic: 'a-topic', key: 1, value: { a: 1 } } },
    {
      200: { eventId: 'e-1', ...position },
      403: new NotAllowed('TOPIC_NOT_CONFIGURED', 'It is not.'),
      413: tooLarge,
      503: unconfirmed,
    },
  ),
  ...answers(
    'GET /kafka/consumer/receiver',
    kafka('receiveMessage'),
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
      403: new NotAllowed('REFUSED_BY_BROKERS', 'They do.'),
      404: new NotFound('TOPIC_NOT_FOUND', 'There is none.'),
      409: new Conflict('GROUP_IN_USE', 'It has members.'),
      503: unreachable,
    },
  ),
  ...(['enable', 'disable'] as const).flatMap((verb) => [
    ...answers(
      `POST /kafka/producer/${verb}`,
      kafka(`${verb}Producer`),
      {},
      { 200: switched, ...(verb === 'enable' ? {} : { 503: unreachable }) },
    ),
    ...answers(
      `POST /kafka/consumer/${verb}`,
      kafka(`${verb}Consumer`),
      {},
      {
        200: switched,
        503: unreachable,
      },
    ),
  ]),
  ...['/kafka/status', '/kafka/producer/status', '/kafka/consumer/status'].flatMap((path) =>
    answers(`GET ${path}`, kafka('status'), {}, { 200: kafkaStatus }),
  ),
];

/** A request that every schema accepts. */
export function goodRequest(operation: string): Sent {
  const found = CASES.find((one) => one.operation === operation);
  if (!found) throw new Error(`${operation} has no case: add one for each of its statuses`);
  return found;
}
