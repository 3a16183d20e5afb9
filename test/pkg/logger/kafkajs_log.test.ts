import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect } from 'chai';
import kafkajs from 'kafkajs';
import { kafkajsLogCreator } from '../../../pkg/logger/index.js';
import { loggedLine, loggedLines } from './support.js';

const [ERROR, WARN, INFO, DEBUG] = [1, 2, 4, 5];

describe('logger: kafkajs', () => {
  const cases: readonly (readonly [number, string, Record<string, unknown>, string])[] = [
    [WARN, 'The group is rebalancing, re-joining', {}, 'debug'],
    [
      ERROR,
      'Response Heartbeat(key: 12, version: 3)',
      { error: 'The group is rebalancing, so a rejoin is needed' },
      'debug',
    ],
    [
      ERROR,
      'Response GroupCoordinator(key: 10, version: 2)',
      { error: 'The group coordinator is not available' },
      'debug',
    ],
    [
      ERROR,
      'Response JoinGroup(key: 11, version: 5)',
      { error: "The coordinator is loading and hence can't process requests for this group" },
      'debug',
    ],
    [
      ERROR,
      'Response Metadata(key: 3, version: 6)',
      {
        error: 'There is no leader for this topic-partition as we are in the middle of a leadership election',
      },
      'debug',
    ],
    [
      ERROR,
      'Response CreateTopics(key: 19, version: 3)',
      { error: 'Topic with this name already exists' },
      'debug',
    ],
    [
      ERROR,
      'Response Metadata(key: 3, version: 6)',
      { error: 'This server does not host this topic-partition' },
      'debug',
    ],
    [
      ERROR,
      'Response Produce(key: 0, version: 7)',
      { error: 'This server does not host this topic-partition' },
      'warn',
    ],
    [ERROR, 'Response CreateTopics(key: 19, version: 3)', { error: 'Topic creation errors' }, 'debug'],
    [ERROR, 'Response Metadata(key: 3, version: 6)', { error: 'Not authorized to access topics' }, 'debug'],
    [ERROR, 'Response Heartbeat(key: 12, version: 3)', { error: 'Not authorized to access group' }, 'debug'],
    [ERROR, 'Response Produce(key: 0, version: 7)', { error: 'The request timed out' }, 'warn'],
    [WARN, 'Limiting retries for the idempotent producer may invalidate EoS guarantees', {}, 'debug'],
    [WARN, 'KafkaJS v2.0.0 switched default partitioner. To retain', {}, 'debug'],
    [INFO, 'Pausing fetching from 1 topics', {}, 'debug'],
    [INFO, 'Consumer has joined the group', {}, 'debug'],
    [INFO, 'Stopped', {}, 'info'],
    [ERROR, 'Connection error: read ECONNRESET', {}, 'warn'],
    [ERROR, 'Connection timeout', {}, 'warn'],
    [
      ERROR,
      'Failed to connect to seed broker, trying another broker from the list: x',
      { retryCount: 0 },
      'warn',
    ],
    [ERROR, 'This server does not host this topic-partition', { retryCount: 2, retryTime: 300 }, 'warn'],
    [ERROR, 'The coordinator is not aware of this member, re-joining the group', {}, 'warn'],
    [ERROR, 'Crash: KafkaJSNumberOfRetriesExceeded: x', { retryCount: 5 }, 'warn'],
    [ERROR, 'Restarting the consumer in 300ms', { retryCount: 5 }, 'warn'],
    [ERROR, 'Crash: KafkaJSNonRetriableError: x', { retryCount: 0 }, 'error'],
    [ERROR, 'Offset out of range, resetting to default offset', {}, 'error'],
    [ERROR, 'Error when calling eachBatch', {}, 'error'],
    [ERROR, 'SASL PLAIN authentication failed', {}, 'error'],
    [WARN, 'Consumer group received unsubscribed topics', {}, 'warn'],
    [DEBUG, 'Connection error: in a debug line', {}, 'debug'],
  ];
  for (const [level, message, extra, expected] of cases) {
    it(`logs as ${expected}: ${message}${'error' in extra ? `: ${String(extra['error'])}` : ''}`, async () => {
      const line = await loggedLine((logger) => {
        kafkajsLogCreator(logger)(level)({ namespace: 'Test', level, log: { message, ...extra } });
      });
      expect(line).to.include({ level: expected, message, namespace: 'Test' });
    });
  }

  it('keeps what kafkajs adds, apart from its own book-keeping', async () => {
    const log = {
      message: 'Connection error: read ECONNRESET',
      timestamp: 't',
      logger: 'kafkajs',
      helpUrl: 'u',
      broker: 'kafka:9092',
      correlationId: 17,
      stack: 'Error: read ECONNRESET\n    at kafkajs',
    };
    const line = await loggedLine((logger) => {
      kafkajsLogCreator(logger)(ERROR)({ namespace: 'Connection', level: ERROR, log });
    });
    expect(line).to.include({ broker: 'kafka:9092', requestId: 17 });
    expect(line).to.not.have.any.keys('timestamp', 'logger', 'helpUrl', 'stack', 'correlationId');
  });

  it('works as the log creator of a real client: a refused connection is no error', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const lines = await loggedLines(async (logger) => {
      const client = new kafkajs.Kafka({
        brokers: [`127.0.0.1:${port}`],
        logCreator: kafkajsLogCreator(logger),
        retry: { retries: 0 },
      });
      const failure: unknown = await client
        .admin()
        .connect()
        .then(
          () => 'connected',
          (error: unknown) => error,
        );
      expect(failure).to.be.instanceOf(Error);
    });
    expect(lines.map((line) => line['level'])).to.deep.equal(lines.map(() => 'warn'));
    expect(lines[0]).to.include({ namespace: 'Connection', broker: `127.0.0.1:${port}` });
    expect(lines[0]?.['message']).to.contain('ECONNREFUSED');
  });
});
