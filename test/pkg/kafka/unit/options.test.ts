import { expect } from 'chai';
import { GroupConsumer, KafkaManager, Producer, readPartition } from '../../../../pkg/kafka/index.js';
import type { GroupOptions, ProducerOptions, SubscriptionOptions } from '../../../../pkg/kafka/index.js';
import { FakeDriver, rejection } from './fakes.js';

const LONGEST_TIMER_MS = 2_147_483_647;
const COMPRESSIONS = 'none or gzip or snappy or lz4 or zstd';

describe('Options that make no sense are refused, with name, value and what is allowed', () => {
  const driver = new FakeDriver();

  function refused(make: () => unknown, option: string, value: unknown, allowed: string): void {
    expect(make, option)
      .to.throw(`Option ${option} is ${String(value)}`)
      .with.include({ code: 'KAFKA_INVALID_OPTION', option, allowed });
  }

  const ofGroups: [GroupOptions, string, unknown, string][] = [
    [{ concurrency: 0 }, 'concurrency', 0, 'a whole number from 1 on, or Infinity'],
    [{ concurrency: 1.5 }, 'concurrency', 1.5, 'a whole number from 1 on, or Infinity'],
    [
      { heartbeatIntervalMs: 60_000, sessionTimeoutMs: 9_000 },
      'heartbeatIntervalMs',
      60_000,
      'a number from 1 to 3000',
    ],
    [{ drainTimeoutMs: Infinity }, 'drainTimeoutMs', Infinity, `a number from 0 to ${LONGEST_TIMER_MS}`],
    [{ commitIntervalMs: 2 ** 31 }, 'commitIntervalMs', 2 ** 31, `a number from 1 to ${LONGEST_TIMER_MS}`],
    [{ floodGuard: { share: 2 } }, 'floodGuard.share', 2, 'a number from 0 to 1'],
  ];
  for (const [options, option, value, allowed] of ofGroups) {
    it(`of a group: ${option} ${String(value)}`, () => {
      refused(() => new GroupConsumer(driver, 'g', options), option, value, allowed);
      refused(() => new KafkaManager(driver, { consumer: options }), option, value, allowed);
    });
  }

  const ofTopics: [SubscriptionOptions, string, unknown, string][] = [
    [{ handlerTimeoutMs: NaN }, 'handlerTimeoutMs', NaN, 'a number from 1 on, or Infinity'],
    [{ retry: { maxAttempts: 0 } }, 'retry.maxAttempts', 0, 'a whole number from 1 on, or Infinity'],
    [{ retry: { jitter: -1 } }, 'retry.jitter', -1, 'a number from 0 to 1'],
    [
      { infrastructureBackoff: { maxMs: Infinity } },
      'infrastructureBackoff.maxMs',
      Infinity,
      `a number from 1 to ${LONGEST_TIMER_MS}`,
    ],
    [{ retryTopics: [5, 1] }, 'retryTopics', '5, 1', 'delays in ascending order'],
    [{ retryTopics: [0.5] }, 'retryTopics.0', 0.5, `a whole number from 1 to ${Number.MAX_SAFE_INTEGER}`],
    [{ order: 'random' as 'key' }, 'order', 'random', 'key or partition or none'],
  ];
  for (const [options, option, value, allowed] of ofTopics) {
    it(`of a topic: ${option} ${String(value)}`, () => {
      const group = new GroupConsumer(driver, 'g');
      const subscribe = () => {
        group.subscribe('t', async () => undefined, options);
      };
      refused(subscribe, option, value, allowed);
      group.subscribe('t', async () => undefined);
    });
  }

  const ofProducers: [ProducerOptions, string, unknown, string][] = [
    [{ maxBatchMessages: 0 }, 'maxBatchMessages', 0, 'a whole number from 1 on, or Infinity'],
    [{ deliveryTimeoutMs: -1 }, 'deliveryTimeoutMs', -1, 'a number from 1 on, or Infinity'],
    [{ compression: 'brotli' as 'zstd' }, 'compression', 'brotli', COMPRESSIONS],
    [{ compression: { t: 'brotli' as 'zstd' } }, 'compression.t', 'brotli', COMPRESSIONS],
    [{ maxBlockMs: Infinity }, 'maxBlockMs', Infinity, `a number from 0 to ${LONGEST_TIMER_MS}`],
  ];
  for (const [options, option, value, allowed] of ofProducers) {
    it(`of a producer: ${option} ${String(value)}`, () => {
      refused(() => new Producer(driver, options), option, value, allowed);
    });
  }

  it('of a reading: maxBytes 0', async () => {
    driver.reader = () => ({
      offsetAt: async () => 0n,
      fetch: () => Promise.reject(new Error('it was asked for')),
      close: () => undefined,
    });
    const reading = readPartition(driver, { topic: 't', partition: 0, from: 0n, maxBytes: 0 });
    expect(await rejection(reading.next())).to.include({ code: 'KAFKA_INVALID_OPTION', option: 'maxBytes' });
  });
});
