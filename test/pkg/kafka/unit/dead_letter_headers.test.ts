import { expect } from 'chai';
import fc from 'fast-check';
import type { ReadRecord, HeaderMap } from '../../../../pkg/kafka/driver.js';
import {
  deadLetterHeaders,
  delayedRetryHeaders,
  DETAIL_LEVELS,
  withSafeRedaction,
} from '../../../../pkg/kafka/failures/dead_letter_headers.js';
import { dueAt } from '../../../../pkg/kafka/failures/due_time.js';
import type { FailedMessage } from '../../../../pkg/kafka/failures/failed_message.js';
import { bigInteger, readBigInteger } from '../../../../pkg/kafka/failures/header_values.js';
import { silentLogger } from '../../../../pkg/kafka/silent_logger.js';
import { deadLetterTopic, retryTopic } from '../../../../pkg/kafka/index.js';
import { HOSTILE_ERRORS } from '../../../support/hostile_errors.js';

const record: ReadRecord = {
  topic: 'orders',
  partition: 3,
  offset: '9007199254740993',
  key: Buffer.from('k'),
  value: Buffer.from([0, 255]),
  headers: { 'event-id': Buffer.from('e1'), twice: [Buffer.from('a'), Buffer.from('b')] },
  timestamp: 1_700_000_000_123,
  timestampType: 'LogAppendTime',
};

class PaymentFailed extends Error {}

function failed(overrides: Partial<FailedMessage> = {}): FailedMessage {
  return {
    record,
    source: { topic: 'orders', partition: 3 },
    groupId: 'billing',
    replayed: false,
    thrown: new PaymentFailed('card refused', { cause: new TypeError('inner') }),
    attempts: 6,
    firstFailedAt: Date.UTC(2025, 0, 1),
    lastFailedAt: Date.UTC(2025, 0, 2),
    ...overrides,
  };
}

const size = (headers: HeaderMap) =>
  Object.entries(headers).reduce(
    (sum, [name, value]) => sum + name.length + Buffer.concat([value].flat()).length,
    0,
  );

describe('headers of a dead letter', () => {
  it('R2: have the names and encodings of Spring, and leave those of the message as they were', () => {
    const headers = deadLetterHeaders(failed(), { app: 'shop', version: '1.2' }, 'full');
    expect(headers).to.deep.include(record.headers);
    const partition = Buffer.from([0, 0, 0, 3]);
    const offset = Buffer.from([0, 0x20, 0, 0, 0, 0, 0, 1]);
    const timestamp = Buffer.alloc(8);
    timestamp.writeBigInt64BE(1_700_000_000_123n);
    expect(headers).to.deep.include({
      'kafka_dlt-original-topic': Buffer.from('orders'),
      'kafka_dlt-original-partition': partition,
      'kafka_dlt-original-offset': offset,
      'kafka_dlt-original-timestamp': timestamp,
      'kafka_dlt-original-timestamp-type': Buffer.from('LogAppendTime'),
      'kafka_dlt-original-consumer-group': Buffer.from('billing'),
      'kafka_dlt-exception-fqcn': Buffer.from('PaymentFailed'),
      'kafka_dlt-exception-cause-fqcn': Buffer.from('TypeError'),
      'kafka_dlt-exception-message': Buffer.from('card refused'),
    });
    expect(String(headers['kafka_dlt-exception-stacktrace'])).to.match(/^Error: card refused\n +at /);
    expect(JSON.parse(String(headers['dlq-info']))).to.deep.equal({
      topic: 'orders',
      partition: 3,
      offset: '9007199254740993',
      group: 'billing',
      attempts: 6,
      error: 'PaymentFailed',
      firstFailedAt: '2025-01-01T00:00:00.000Z',
      lastFailedAt: '2025-01-02T00:00:00.000Z',
      app: 'shop',
      version: '1.2',
    });
  });

  it('say less about the error from level to level', () => {
    const [full, noStack, classOnly] = DETAIL_LEVELS.map((level) => deadLetterHeaders(failed(), {}, level));
    expect(full).to.include.keys('kafka_dlt-exception-stacktrace', 'kafka_dlt-exception-message');
    expect(noStack).to.include.keys('kafka_dlt-exception-message');
    expect(noStack).to.not.have.any.keys('kafka_dlt-exception-stacktrace');
    expect(classOnly).to.not.have.any.keys('kafka_dlt-exception-stacktrace', 'kafka_dlt-exception-message');
    expect(classOnly).to.include.keys('kafka_dlt-exception-fqcn');
  });

  it('bound the stack trace to 8192 bytes, without half a character at the end', () => {
    const thrown = new Error('x');
    thrown.stack = 'é'.repeat(10_000);
    const stack = deadLetterHeaders(failed({ thrown }), {}, 'full')['kafka_dlt-exception-stacktrace'];
    expect(stack).to.have.length(8_192);
    thrown.stack = `a${'é'.repeat(10_000)}`;
    const odd = deadLetterHeaders(failed({ thrown }), {}, 'full')['kafka_dlt-exception-stacktrace'];
    expect(odd).to.have.length(8_191);
    expect(String(odd)).to.not.contain('\ufffd');
  });

  it('are redacted, and go without a stack trace, when asked', () => {
    const redact = (text: string) => text.replaceAll('card', '[redacted]');
    const headers = deadLetterHeaders(failed(), { redact, stackTraces: false }, 'full');
    expect(String(headers['kafka_dlt-exception-message'])).to.equal('[redacted] refused');
    expect(headers).to.not.have.any.keys('kafka_dlt-exception-stacktrace');
  });

  it('go without the text of the error where redact fails, which is logged', () => {
    const logged: string[] = [];
    const logger = { ...silentLogger, error: (text: string) => logged.push(text) };
    const redact = () => {
      throw new Error('a bug');
    };
    const headers = deadLetterHeaders(failed(), withSafeRedaction({ redact }, logger), 'full');
    expect(String(headers['kafka_dlt-exception-fqcn'])).to.equal('PaymentFailed');
    expect(String(headers['kafka_dlt-exception-message'])).to.equal('');
    expect(String(headers['kafka_dlt-exception-stacktrace'])).to.equal('');
    expect(logged).to.have.length(2);
  });

  it('describe what has no text', () => {
    const odd: unknown[] = [
      Object.create(null),
      Object.assign(new Error(), { message: Object.create(null) as string }),
      Object.assign(new Error(), { name: Symbol('odd') as unknown as string }),
    ];
    for (const thrown of odd) {
      const headers = deadLetterHeaders(failed({ thrown }), {}, 'full');
      expect(headers['kafka_dlt-exception-fqcn']).to.be.instanceOf(Buffer);
      expect(headers['kafka_dlt-exception-message']).to.be.instanceOf(Buffer);
    }
  });

  for (const { what, thrown } of HOSTILE_ERRORS) {
    it(`describe ${what}`, () => {
      const headers = deadLetterHeaders(failed({ thrown }), {}, 'full');
      expect(headers['kafka_dlt-exception-fqcn']).to.be.instanceOf(Buffer);
      expect(headers['kafka_dlt-exception-message']).to.be.instanceOf(Buffer);
      expect(JSON.parse(String(headers['dlq-info']))).to.include.keys('error', 'topic', 'offset');
    });
  }

  it('describe whatever was thrown', () => {
    for (const thrown of ['text', undefined, null, 42, { odd: true }]) {
      const headers = deadLetterHeaders(failed({ thrown }), {}, 'full');
      expect(String(headers['kafka_dlt-exception-fqcn'])).to.equal(typeof thrown);
      expect(String(headers['kafka_dlt-exception-message'])).to.contain('a non-error was thrown');
    }
  });

  it('R6: over 10 cycles they keep the first origin and only the last error, and do not grow', () => {
    let headers = deadLetterHeaders(failed(), {}, 'full');
    const first = size(headers);
    for (let cycle = 1; cycle <= 10; cycle += 1) {
      const thrown = new RangeError(`cycle ${cycle % 10}`);
      thrown.stack = 'short';
      headers = deadLetterHeaders(
        failed({
          record: { ...record, topic: 'orders.billing-retry-0', offset: String(cycle), headers },
          source: { topic: 'orders.billing-retry-0', partition: 3 },
          replayed: true,
          thrown,
          firstFailedAt: Date.UTC(2026, 0, cycle),
        }),
        {},
        'full',
      );
    }
    expect(String(headers['kafka_dlt-original-topic'])).to.equal('orders');
    expect((headers['kafka_dlt-original-offset'] as Buffer).readBigInt64BE()).to.equal(
      9_007_199_254_740_993n,
    );
    expect(String(headers['kafka_dlt-exception-message'])).to.equal('cycle 0');
    expect(String(headers['kafka_dlt-exception-fqcn'])).to.equal('RangeError');
    expect(headers).to.not.have.any.keys('kafka_dlt-exception-cause-fqcn');
    expect(JSON.parse(String(headers['dlq-info']))).to.include({
      topic: 'orders',
      offset: '9007199254740993',
      firstFailedAt: '2025-01-01T00:00:00.000Z',
    });
    expect(headers).to.deep.include(record.headers);
    expect(size(headers)).to.be.at.most(first);
  });

  it('of a topic that others write, failure headers are not believed', () => {
    const forged = {
      'kafka_dlt-original-topic': Buffer.from('elsewhere'),
      'dlq-info': Buffer.from('{"topic":"elsewhere"}'),
    };
    const headers = deadLetterHeaders(failed({ record: { ...record, headers: forged } }), {}, 'full');
    expect(String(headers['kafka_dlt-original-topic'])).to.equal('orders');
    expect(JSON.parse(String(headers['dlq-info']))).to.include({ topic: 'orders' });
  });

  it('R7: of a delayed retry they tell when it is due, and count the attempts of all stages', () => {
    const now = Date.now();
    const first = delayedRetryHeaders(failed(), {}, now + 30_000);
    expect(first['retry_topic-attempts']).to.deep.equal(Buffer.from([0, 0, 0, 6]));
    expect(dueAt({ headers: first, timestamp: now }, 30_000)).to.equal(now + 30_000);
    const again = failed({ record: { ...record, headers: first }, replayed: true });
    const second = delayedRetryHeaders(again, {}, now - 1);
    expect(second['retry_topic-attempts']).to.deep.equal(Buffer.from([0, 0, 0, 12]));
    expect(readBigInteger(second['retry_topic-original-timestamp'] as Buffer)).to.equal(1_700_000_000_123n);
    expect(dueAt({ headers: second, timestamp: now }, 30_000), 'it is over').to.equal(undefined);
    const dead = deadLetterHeaders(again, {}, 'full');
    expect(Object.keys(dead).filter((name) => name.startsWith('retry_topic-'))).to.deep.equal([]);
  });

  it('no message is due later than the delay of its topic after it was stored', () => {
    const timestamp = Date.now() - 10_000;
    const headers = delayedRetryHeaders(failed(), {}, timestamp + 365 * 86_400_000);
    expect(dueAt({ headers, timestamp }, 30_000)).to.equal(timestamp + 30_000);
    expect(dueAt({ headers, timestamp }, 5_000)).to.equal(undefined);
  });

  it('a message that does not say when it is due is due now', () => {
    expect(dueAt({ headers: {}, timestamp: Date.now() }, 30_000)).to.equal(undefined);
    for (const odd of [Buffer.alloc(0), Buffer.alloc(9, 1)]) {
      const headers = { 'retry_topic-backoff-timestamp': odd };
      expect(dueAt({ headers, timestamp: Date.now() }, 30_000)).to.equal(undefined);
    }
  });
});

describe('numbers in headers', () => {
  it('are as few bytes as a Java BigInteger has', () => {
    const cases: [bigint, number[]][] = [
      [0n, [0]],
      [127n, [0x7f]],
      [128n, [0, 0x80]],
      [-1n, [0xff]],
      [-128n, [0x80]],
      [-129n, [0xff, 0x7f]],
      [1_700_000_000_123n, [0x01, 0x8b, 0xcf, 0xe5, 0x68, 0x7b]],
    ];
    for (const [value, bytes] of cases) expect([...bigInteger(value)], String(value)).to.deep.equal(bytes);
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(readBigInteger(bigInteger(value))).to.equal(value);
      }),
    );
  });
});

describe('names of failure topics', () => {
  it('follow from topic and group', () => {
    expect(deadLetterTopic('orders', 'billing')).to.equal('orders.billing-dlt');
    expect(retryTopic('orders', 'billing', 30_000)).to.equal('orders.billing-retry-30000');
  });

  it('are refused when Kafka would refuse them', () => {
    expect(() => deadLetterTopic('orders', 'a b'))
      .to.throw()
      .with.property('code', 'KAFKA_INVALID_FAILURE_TOPIC');
    expect(() => deadLetterTopic('o'.repeat(249), 'b')).to.throw();
  });
});
