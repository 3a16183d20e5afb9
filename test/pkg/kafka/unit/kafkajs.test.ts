import { expect } from 'chai';
import kafkajs, { type Cluster } from 'kafkajs';
import { DriverError } from '../../../../pkg/kafka/driver.js';
import { createAssigner } from '../../../../pkg/kafka/kafkajs/assigner.js';
import { toDriverError } from '../../../../pkg/kafka/kafkajs/errors.js';
import {
  assertKnownVersion,
  requestQueuePrototype,
  type RequestQueue,
} from '../../../../pkg/kafka/kafkajs/internals.js';
import { applyTimerPatch } from '../../../../pkg/kafka/kafkajs/timer_patch.js';
import { applyConnectionPatch } from '../../../../pkg/kafka/kafkajs/connection_patch.js';
import { connectionPrototype, type ReusedConnection } from '../../../../pkg/kafka/kafkajs/internals.js';
import { silentLogger } from '../../../../pkg/kafka/silent_logger.js';
import { virtualClock } from '../../../support/virtual_clock.js';
import { rejection } from './fakes.js';

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;

describe('kafkajs: timer patch (N1)', () => {
  const prototype = requestQueuePrototype();

  function queue(state: { pending: unknown[]; throttledUntil: number }): {
    checks: number;
    queue: RequestQueue;
  } {
    const counted = { checks: 0 };
    const fake = Object.assign(Object.create(prototype) as RequestQueue, {
      ...state,
      throttleCheckTimeoutId: null,
      checkPendingRequests: () => {
        counted.checks += 1;
      },
    });
    return Object.assign(counted, { queue: fake });
  }

  it('applies to the version that is installed', () => {
    expect(assertKnownVersion).not.to.throw();
    applyTimerPatch();
    expect(prototype.scheduleCheckPendingRequests.name).to.equal('scheduleWhenPending');
  });

  it('an idle queue sets no timer', () => {
    applyTimerPatch();
    const clock = virtualClock();
    try {
      queue({ pending: [], throttledUntil: -1 }).queue.scheduleCheckPendingRequests();
      expect(clock.countTimers()).to.equal(0);
    } finally {
      clock.restore();
    }
  });

  it('a queue with pending requests is checked once, after the throttling and never after a negative time', () => {
    applyTimerPatch();
    const clock = virtualClock();
    try {
      const throttled = queue({ pending: [1], throttledUntil: Date.now() + 500 });
      throttled.queue.scheduleCheckPendingRequests();
      throttled.queue.scheduleCheckPendingRequests();
      expect(clock.countTimers()).to.equal(1);
      clock.tick(499);
      expect(throttled.checks).to.equal(0);
      clock.tick(1);
      expect(throttled.checks).to.equal(1);
      const free = queue({ pending: [1], throttledUntil: -1 });
      free.queue.scheduleCheckPendingRequests();
      clock.tick(10);
      expect(free.checks).to.equal(1);
    } finally {
      clock.restore();
    }
  });
});

describe('kafkajs: connection patch', () => {
  it('42: the rest of an answer that was cut off is not taken for the beginning of the next one', async () => {
    applyConnectionPatch();
    const connection = Object.assign(Object.create(connectionPrototype()) as ReusedConnection, {
      chunks: [Buffer.from([0, 0, 1])],
      bytesBuffered: 3,
      bytesNeeded: 100,
      isConnected: () => false,
      logDebug: () => undefined,
      socketFactory: () => {
        throw new Error('nobody');
      },
    });
    await rejection(connection.connect());
    expect(connection).to.deep.include({ chunks: [], bytesBuffered: 0, bytesNeeded: 4 });
  });

  it('... and a connection that stands keeps what it has', async () => {
    applyConnectionPatch();
    const connection = Object.assign(Object.create(connectionPrototype()) as ReusedConnection, {
      chunks: [Buffer.from([0])],
      bytesBuffered: 1,
      isConnected: () => true,
    });
    await connection.connect();
    expect(connection.bytesBuffered).to.equal(1);
  });
});

describe('kafkajs: errors in the terms of the port', () => {
  const protocol = (type: string, retriable = false) =>
    new kafkajs.KafkaJSProtocolError(Object.assign(new Error(type), { type, retriable }));

  it('the deepest cause decides', () => {
    const refused = new kafkajs.KafkaJSConnectionError('connect ECONNREFUSED 127.0.0.1:1', {
      code: 'ECONNREFUSED',
    });
    const wrapped = new kafkajs.KafkaJSNumberOfRetriesExceeded(refused, {
      retryCount: 5,
      retryTime: 1,
    });
    const error = toDriverError(wrapped);
    expect(error).to.include({ reason: 'unreachable', message: 'connect ECONNREFUSED 127.0.0.1:1' });
    expect(error.cause).to.equal(wrapped);
  });

  it('names the reasons that matter above, and keeps the protocol name', () => {
    const cases: [string, string][] = [
      ['UNKNOWN_TOPIC_OR_PARTITION', 'unknown-topic'],
      ['MESSAGE_TOO_LARGE', 'refused'],
      ['TOPIC_AUTHORIZATION_FAILED', 'refused'],
      ['REBALANCE_IN_PROGRESS', 'rebalancing'],
      ['UNKNOWN_MEMBER_ID', 'membership-lost'],
      ['ILLEGAL_GENERATION', 'membership-lost'],
      ['REQUEST_TIMED_OUT', 'failed'],
      ['OUT_OF_ORDER_SEQUENCE_NUMBER', 'failed'],
    ];
    for (const [type, reason] of cases) {
      expect(toDriverError(protocol(type)), type).to.include({ reason, protocolError: type });
    }
  });

  it('survives anything that may be thrown', () => {
    expect(toDriverError('text').message).to.equal('text');
    expect(toDriverError(undefined).reason).to.equal('failed');
    const known = new DriverError('refused', 'x');
    expect(toDriverError(known)).to.equal(known);
    const circular = new Error('self');
    circular.cause = circular;
    expect(toDriverError(circular).message).to.equal('self');
  });
});

describe('kafkajs: assigner', () => {
  const counts: Record<string, number> = { users: 4, translations: 3 };
  const described: string[] = [];
  const cluster = {
    findTopicPartitionMetadata: (topic: string) => ids(counts[topic] ?? 0),
    findControllerBroker: async () => ({
      metadata: async ([topic]: [string]) => {
        described.push(topic);
        const count = counts[topic];
        if (count === undefined) throw new Error('unknown topic');
        return { topicMetadata: [{ topic, partitionMetadata: ids(count) }] };
      },
    }),
  } as unknown as Cluster;

  function ids(count: number) {
    return Array.from({ length: count }, (_, partitionId) => ({ partitionId }));
  }

  function open(owned: { topic: string; partition: number }[] = [], onJoin: () => void = () => undefined) {
    const create = createAssigner({ logger: silentLogger, owned: () => owned, onJoin });
    return create({ cluster, groupId: 'g', logger: {} as never });
  }

  it('assigns topics that only another member reads, and only to that member', async () => {
    const assigner = open();
    const members = ['users', 'translations', 'gone'].map((topic, i) => ({
      memberId: `m${i}`,
      memberMetadata: assigner.protocol({ topics: [topic] }).metadata,
    }));
    const assigned = await assigner.assign({ members, topics: ['users'] });
    const decoded = assigned.map(({ memberId, memberAssignment }) => [
      memberId,
      MemberAssignment.decode(memberAssignment)?.assignment,
    ]);
    expect(decoded).to.deep.equal([
      ['m0', { users: [0, 1, 2, 3] }],
      ['m1', { translations: [0, 1, 2] }],
      ['m2', {}],
    ]);
    expect(described, 'its own topics need no request').to.deep.equal(['translations', 'gone']);
  });

  it('a member tells what it owns, keeps it, and hears of each join as it begins', async () => {
    let joins = 0;
    const keeper = open([{ topic: 'users', partition: 3 }], () => (joins += 1));
    const { metadata } = keeper.protocol({ topics: ['users'] });
    expect(joins).to.equal(1);
    expect(MemberMetadata.decode(metadata)?.topics).to.deep.equal(['users']);
    const other = open().protocol({ topics: ['users'] }).metadata;
    const assigned = await keeper.assign({
      members: [
        { memberId: 'a', memberMetadata: other },
        { memberId: 'b', memberMetadata: metadata },
      ],
      topics: ['users'],
    });
    const keepers = assigned.find(({ memberId }) => memberId === 'b');
    expect(
      MemberAssignment.decode(keepers?.memberAssignment ?? Buffer.alloc(0))?.assignment['users'],
    ).to.include(3);
  });
});
