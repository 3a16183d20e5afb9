import { expect } from 'chai';
import { subscription } from '../../../../pkg/kafka/consumer/options.js';
import { failureTopicsOf, routesOf } from '../../../../pkg/kafka/consumer/routes.js';
import { Pauses } from '../../../../pkg/kafka/consumer/pauses.js';
import { FetchPositions } from '../../../../pkg/kafka/kafkajs/fetch_positions.js';
import { ensureFailureTopics } from '../../../../pkg/kafka/failures/provisioning.js';
import { DriverError, type TopicSpec } from '../../../../pkg/kafka/driver.js';
import { FakeDriver, rejection } from './fakes.js';

const handler = async () => undefined;

describe('routes of a subscription', () => {
  it('are its topic and the one for replays', () => {
    const routes = routesOf(subscription('t', handler), 'g');
    expect(routes.map(({ topic }) => topic)).to.deep.equal(['t', 't.g-retry-0']);
    expect(failureTopicsOf(routes)).to.have.members(['t.g-retry-0', 't.g-dlt']);
  });

  it('go through the delays one after the other, and end with the dead letters', () => {
    const routes = routesOf(subscription('t', handler, { retryTopics: [1_000, 60_000] }), 'g');
    expect(routes.map(({ topic, later, delayMs }) => [topic, later?.topic, delayMs])).to.deep.equal([
      ['t', 't.g-retry-1000', undefined],
      ['t.g-retry-0', 't.g-retry-1000', undefined],
      ['t.g-retry-1000', 't.g-retry-60000', 1_000],
      ['t.g-retry-60000', undefined, 60_000],
    ]);
    expect(new Set(routes.map(({ deadLetters }) => deadLetters))).to.deep.equal(new Set(['t.g-dlt']));
  });

  it('need no topic when it neither replays nor sets aside, and then take any group id', () => {
    const routes = routesOf(subscription('t', handler, { replays: false, onExhausted: 'block' }), 'a b');
    expect(failureTopicsOf(routes)).to.deep.equal([]);
  });
});

describe('ensureFailureTopics', () => {
  const needed = [{ source: 't', topics: ['t.g-dlt', 't.g-retry-0'] }];

  it('creates what is missing with the partitions of its source, and leaves the rest', async () => {
    const driver = new FakeDriver();
    driver.topics = { t: 7, 't.g-dlt': 2 };
    const created: TopicSpec[] = [];
    const admin = { ...driver.admin, createTopic: async (spec: TopicSpec) => created.push(spec) > 0 };
    await ensureFailureTopics(admin, needed, { groupId: 'g', provision: true });
    expect(created).to.have.length(1);
    expect(created[0]).to.include({ topic: 't.g-retry-0', partitions: 7, replicationFactor: -1 });
  });

  it('G8: names all that is missing when nothing is to be created', async () => {
    const driver = new FakeDriver();
    driver.topics = { t: 7 };
    const work = ensureFailureTopics(driver.admin, needed, { groupId: 'g', provision: false });
    const error = await rejection(work);
    expect(error.code).to.equal('KAFKA_FAILURE_TOPICS_MISSING');
    expect(error.message).to.contain('t.g-dlt (7 partitions), t.g-retry-0 (7 partitions)');
  });

  it('says which source does not exist, and which topic could not be created', async () => {
    const driver = new FakeDriver();
    driver.topics = {};
    const unknown = await rejection(
      ensureFailureTopics(driver.admin, needed, { groupId: 'g', provision: true }),
    );
    expect(unknown).to.include({ reason: 'unknown-topic', topic: 't' });
    driver.topics = { t: 1, 't.g-dlt': 1 };
    const createTopic = () => Promise.reject(new DriverError('refused', 'not authorised'));
    const refused = await rejection(
      ensureFailureTopics({ ...driver.admin, createTopic }, needed, { groupId: 'g', provision: true }),
    );
    expect(refused).to.include({ reason: 'refused', topic: 't.g-retry-0' });
  });
});

describe('Pauses', () => {
  const [main, replays] = routesOf(subscription('t', handler), 'g');

  function paused(pauses: Pauses, route = main): number[] {
    if (route === undefined) throw new Error('no route');
    return [0, 1, 2].filter((partition) => pauses.includes(route, partition));
  }

  it('a topic takes its retry topics along, a partition does not', () => {
    const pauses = new Pauses();
    pauses.pause('t', 1);
    expect([paused(pauses), paused(pauses, replays)]).to.deep.equal([[1], []]);
    pauses.pause('t');
    expect([paused(pauses), paused(pauses, replays)]).to.deep.equal([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    pauses.resume('t');
    expect([paused(pauses), paused(pauses, replays)]).to.deep.equal([[], []]);
  });

  it('one partition of a paused topic can be resumed, and paused again', () => {
    const pauses = new Pauses();
    pauses.pause('t');
    pauses.resume('t', 1);
    expect(paused(pauses)).to.deep.equal([0, 2]);
    pauses.pause('t', 1);
    expect(paused(pauses)).to.deep.equal([0, 1, 2]);
  });

  it('a retry topic can be paused alone', () => {
    const pauses = new Pauses();
    pauses.pause('t.g-retry-0');
    expect([paused(pauses), paused(pauses, replays)]).to.deep.equal([[], [0, 1, 2]]);
  });
});

describe('FetchPositions', () => {
  const at = { topic: 't', partition: 0 };

  it('N5: records fetched before a rebalance are not taken after it; reading goes back to the committed position', () => {
    let committed: bigint | undefined = 0n;
    const positions = new FetchPositions(() => committed);
    expect(positions.judge(at, 0n)).to.deep.equal({ kind: 'expected' });
    positions.advance(at, 100n);
    expect(positions.judge(at, 100n)).to.deep.equal({ kind: 'expected' });
    positions.restart();
    committed = undefined;
    expect(positions.judge(at, 100n)).to.deep.equal({ kind: 'early' });
    committed = 40n;
    expect(positions.judge(at, 100n)).to.deep.equal({ kind: 'misplaced', offset: 40n });
    expect(positions.judge(at, 40n)).to.deep.equal({ kind: 'expected' });
  });

  it('O8: where the client fell back to is taken', () => {
    let committed = 5n;
    const positions = new FetchPositions(() => committed);
    positions.advance(at, 10n);
    committed = 500n;
    expect(positions.judge(at, 500n)).to.deep.equal({ kind: 'expected' });
  });
});
