import { expect } from 'chai';
import { BrokerError } from '../../../../pkg/devbroker/errors.js';
import { memoryStorage } from '../../../../pkg/devbroker/log/memory_storage.js';
import { Topics } from '../../../../pkg/devbroker/topics.js';
import { ErrorCode } from '../../../../pkg/devbroker/wire/errors.js';
import { batch } from '../log/batches.js';

function memoryTopics(): Topics {
  return new Topics(memoryStorage({ partitionBytes: 1e6, totalBytes: 1e6, usedBytes: 0 }), () => undefined);
}

function refusal(action: () => unknown): number {
  try {
    action();
  } catch (error) {
    if (error instanceof BrokerError) return error.code;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('devbroker: topics', () => {
  it('are created with their partitions and settings, each with an id of its own', () => {
    const topics = memoryTopics();
    const orders = topics.create('orders', 3, new Map([['retention.ms', '1000']]));
    const users = topics.create('users', 1);
    expect(orders.partitions.map(({ topic, partition }) => [topic, partition])).to.deep.equal([
      ['orders', 0],
      ['orders', 1],
      ['orders', 2],
    ]);
    expect(orders.configs.get('retention.ms')).to.equal('1000');
    expect(orders.id).to.not.equal(users.id);
    expect(topics.all()).to.deep.equal([orders, users]);
    expect(topics.partition('orders', 2)).to.equal(orders.partitions[2]);
    expect(topics.partition('orders', 3)).to.equal(undefined);
  });

  it('are refused with the reason: bad name, bad number of partitions, a name that is taken', () => {
    const topics = memoryTopics();
    topics.create('orders', 1);
    for (const name of ['', '.', '..', 'a b', 'ä', 'a/b', 'x'.repeat(250)]) {
      expect(
        refusal(() => topics.create(name, 1)),
        name,
      ).to.equal(ErrorCode.INVALID_TOPIC_EXCEPTION);
    }
    for (const partitions of [0, -1, 1.5, 10_001, Number.NaN]) {
      expect(
        refusal(() => topics.create('a', partitions)),
        String(partitions),
      ).to.equal(ErrorCode.INVALID_PARTITIONS);
    }
    expect(refusal(() => topics.create('orders', 1))).to.equal(ErrorCode.TOPIC_ALREADY_EXISTS);
    expect(topics.all()).to.have.length(1);
  });

  it('are refused when their names differ from that of another in dots and underscores alone', () => {
    const topics = memoryTopics();
    topics.create('user.events_v1', 1);
    for (const name of ['user_events_v1', 'user.events.v1', 'user_events.v1']) {
      const refused = expect(() => topics.create(name, 1), name).to.throw(BrokerError, "'user.events_v1'");
      refused.with.property('code', ErrorCode.INVALID_TOPIC_EXCEPTION);
    }
    topics.create('user-events_v1', 1);
    topics.delete('user.events_v1');
    topics.create('user_events_v1', 1);
  });

  it('are only checked, not created, by checkCreate', () => {
    const topics = memoryTopics();
    topics.checkCreate('orders', 1);
    expect(topics.get('orders')).to.equal(undefined);
  });

  it('that exist stay as they are when they are asked for again', () => {
    const topics = memoryTopics();
    const orders = topics.create('orders', 2);
    topics.createMissing({ orders: 5, users: 1 });
    expect(topics.get('orders')).to.equal(orders);
    expect(orders.partitions).to.have.length(2);
    expect(topics.get('users')?.partitions).to.have.length(1);
  });

  it('lose their records when they are deleted, and wake who waits for them', () => {
    const topics = memoryTopics();
    const { id, partitions } = topics.create('orders', 1);
    partitions[0]!.append(batch());
    let woken = 0;
    partitions[0]!.watch(() => woken++);
    expect(topics.delete('orders')).to.equal(true);
    expect(topics.delete('orders')).to.equal(false);
    expect(woken).to.equal(1);
    const again = topics.create('orders', 1);
    expect(again.partitions[0]!.endOffset).to.equal(0n);
    expect(again.id).to.not.equal(id);
  });
});
