import { expect } from 'chai';
import { PublishNotSent } from '../../../../../pkg/kafka/index.js';
import { PartitionQueue } from '../../../../../pkg/kafka/producer/partition_queue.js';
import { Pending } from '../../../../../pkg/kafka/producer/pending.js';
import { SendBuffer } from '../../../../../pkg/kafka/producer/send_buffer.js';

const MANY = 80_000;
const LISTS = 100;
/** In proportion to their number it would be 1, to its square 100. */
const MOST = 10;
const ROUNDS = 3;

const RECORD = { key: null, value: null, headers: {}, timestamp: 0 };
const error = new PublishNotSent('t', 'it is a test');
const nothing = () => undefined;
const create = (onSettled: (pending: Pending) => void = nothing) =>
  new Pending({
    topic: 't',
    partition: 0,
    record: RECORD,
    size: 1,
    signal: undefined,
    onRetry: undefined,
    resolve: nothing,
    reject: nothing,
    onSettled,
  });

/** The least time of the processor, in microseconds, that works took one after the other, of several times. */
function leastTime(prepare: () => (() => void)[]): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const works = prepare();
    const before = process.cpuUsage();
    for (const work of works) work();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.min(...times);
}

/** A full buffer, and messages that wait for room in it. */
function waitingMessages(count: number): { accepted: Pending[]; waiting: Pending[] } {
  const accepted: Pending[] = [];
  const limits = { maxBufferedMessages: 1, maxBufferedBytes: 1, maxBlockMs: 600_000 };
  const buffer = new SendBuffer(limits, (pending) => accepted.push(pending));
  const enter = () => {
    const pending = create((settled) => {
      buffer.leave(settled);
    });
    buffer.enter(pending);
    return pending;
  };
  enter();
  return { accepted, waiting: Array.from({ length: count }, enter) };
}

function queued(count: number): PartitionQueue {
  const queue = new PartitionQueue('t', 0, { maxBatchMessages: 500, deliveryTimeoutMs: 1 });
  for (let i = 0; i < count; i += 1) queue.add(create());
  return queue;
}

describe('Producer: the work for a message does not grow with the number of those that wait', function () {
  this.timeout(60_000);
  const { stackTraceLimit } = Error;

  before(() => {
    // What errors cost is the same for each message, and much.
    Error.stackTraceLimit = 0;
  });
  after(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });

  const WORK: Record<string, (count: number) => () => void> = {
    'when they get their room one after the other': (count) => {
      const { accepted, waiting } = waitingMessages(count);
      return () => {
        for (let i = 0; i <= count; i += 1) accepted[i]?.reject(error);
        expect(waiting.every(({ settled }) => settled)).to.equal(true);
      };
    },
    'when they are taken back, the last one first': (count) => {
      const { waiting } = waitingMessages(count);
      return () => {
        for (let i = count - 1; i >= 0; i -= 1) waiting[i]?.reject(error);
        expect(waiting.every(({ settled }) => settled)).to.equal(true);
      };
    },
    'when they are taken into requests': (count) => {
      const queue = queued(count);
      return () => {
        while (!queue.isEmpty) {
          queue.take({ messages: 1, bytes: 1, empty: true });
          queue.finish();
        }
      };
    },
    'when their time is over': (count) => {
      const queue = queued(count);
      return () => {
        expect(queue.expire(1_000)).to.equal(Infinity);
      };
    },
  };

  for (const [name, prepare] of Object.entries(WORK)) {
    it(name, () => {
      const inMany = leastTime(() => Array.from({ length: LISTS }, () => prepare(MANY / LISTS)));
      const inOne = leastTime(() => [prepare(MANY)]);
      expect(inOne / inMany).to.be.below(MOST);
    });
  }
});
