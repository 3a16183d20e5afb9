import { expect } from 'chai';
import type { Broker, Cluster } from 'kafkajs';
import { followCoordinators, movingCoordinator } from '../../../../pkg/kafka/kafkajs/coordinator.js';

type Calls = Record<'heartbeat' | 'offsetCommit' | 'joinGroup', (request: unknown) => Promise<unknown>>;

describe('kafkajs: a coordinator that moves', () => {
  const failure = (name: string, type?: string) => Object.assign(new Error(name), { name, type });
  const node = (name: string, error?: Error): Broker => {
    const answer = async () => {
      if (error !== undefined) throw error;
      return name;
    };
    return { heartbeat: answer, offsetCommit: answer, joinGroup: answer } as unknown as Broker;
  };
  const follow = (first: Broker, ...others: Broker[]) => {
    const found = [...others];
    let finds = 0;
    const coordinator = movingCoordinator(first, async () => {
      finds += 1;
      const next = found.shift();
      if (next === undefined) throw failure('KafkaJSGroupCoordinatorNotFound');
      return next;
    });
    return { calls: coordinator as unknown as Calls, finds: () => finds };
  };

  for (const error of [
    failure('KafkaJSConnectionError'),
    failure('KafkaJSBrokerNotFound'),
    failure('KafkaJSProtocolError', 'NOT_COORDINATOR_FOR_GROUP'),
  ]) {
    it(`is looked for, and asked again, after ${(error as { type?: string }).type ?? error.name}`, async () => {
      const { calls, finds } = follow(node('gone', error), node('new'));
      expect(await Promise.all([calls.heartbeat({}), calls.offsetCommit({})])).to.deep.equal(['new', 'new']);
      expect(await calls.heartbeat({})).to.equal('new');
      expect(finds()).to.equal(1);
    });
  }

  it('is looked for by the next call after a join failed, which is not made twice', async () => {
    const { calls } = follow(node('gone', failure('KafkaJSConnectionError')), node('new'));
    const outcome = await calls.joinGroup({}).catch((error: unknown) => (error as Error).name);
    expect(outcome).to.equal('KafkaJSConnectionError');
    expect(await calls.joinGroup({})).to.equal('new');
  });

  it('stays where it is after other errors, such as a rebalance', async () => {
    const { calls, finds } = follow(node('here', failure('KafkaJSProtocolError', 'REBALANCE_IN_PROGRESS')));
    const outcome = await calls.heartbeat({}).catch((error: unknown) => (error as { type?: string }).type);
    expect([outcome, finds()]).to.deep.equal(['REBALANCE_IN_PROGRESS', 0]);
  });

  it('is looked for again by every call while none is found', async () => {
    const { calls, finds } = follow(node('gone', failure('KafkaJSConnectionError')));
    for (let call = 0; call < 2; call += 1) {
      const outcome = await calls.heartbeat({}).catch((error: unknown) => (error as Error).name);
      expect(outcome).to.equal('KafkaJSGroupCoordinatorNotFound');
    }
    expect(finds()).to.equal(2);
  });

  it('that is not found says which right is missing, where the nodes said so', async () => {
    for (const [answer, told] of [
      [failure('KafkaJSProtocolError', 'GROUP_AUTHORIZATION_FAILED'), 'GROUP_AUTHORIZATION_FAILED'],
      [failure('KafkaJSProtocolError', 'GROUP_COORDINATOR_NOT_AVAILABLE'), 'KafkaJSGroupCoordinatorNotFound'],
      [undefined, 'KafkaJSGroupCoordinatorNotFound'],
    ] as const) {
      const cluster = {
        findGroupCoordinator: () => Promise.reject(failure('KafkaJSGroupCoordinatorNotFound')),
        findControllerBroker: async () => ({
          findGroupCoordinator: () => (answer === undefined ? Promise.resolve({}) : Promise.reject(answer)),
        }),
      } as unknown as Cluster;
      followCoordinators(cluster, async () => undefined);
      const outcome = await cluster
        .findGroupCoordinator({ groupId: 'g' })
        .catch((error: unknown) => (error as { type?: string }).type ?? (error as Error).name);
      expect(outcome).to.equal(told);
    }
  });
});
