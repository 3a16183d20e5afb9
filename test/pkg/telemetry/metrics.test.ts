import { expect } from 'chai';
import { Metrics } from '../../../pkg/telemetry/index.js';
import { rejection } from '../../support/caught.js';

describe('metrics', () => {
  let metrics: Metrics;

  beforeEach(() => {
    metrics = new Metrics();
  });

  /** The samples of what is rendered, without the lines about them. */
  const samples = async () => (await metrics.render()).split('\n').filter((line) => /^[a-z]/.test(line));

  it('count, by label', async () => {
    const seen = metrics.counter({ name: 'seen_total', help: 'What was seen.', labels: ['kind'] });
    seen.add({ kind: 'a' });
    seen.add({ kind: 'a' }, 2);
    seen.add({ kind: 'b' });
    expect(await samples()).to.deep.equal(['seen_total{kind="a"} 3', 'seen_total{kind="b"} 1']);
    expect(await metrics.render()).to.include('# HELP seen_total What was seen.');
  });

  it('gather distributions in the given buckets', async () => {
    const times = metrics.histogram({
      name: 'took_seconds',
      help: 'How long.',
      labels: ['kind'],
      buckets: [1, 2],
    });
    times.observe({ kind: 'a' }, 1.5);
    expect(await samples()).to.deep.equal([
      'took_seconds_bucket{le="1",kind="a"} 0',
      'took_seconds_bucket{le="2",kind="a"} 1',
      'took_seconds_bucket{le="+Inf",kind="a"} 1',
      'took_seconds_sum{kind="a"} 1.5',
      'took_seconds_count{kind="a"} 1',
    ]);
  });

  it('ask a gauge when they are read, and forget what it no longer names', async () => {
    let groups = ['a', 'b'];
    metrics.gauge({
      name: 'members',
      help: 'How many.',
      labels: ['group'],
      read: async () => groups.map((group, value) => ({ labels: { group }, value })),
    });
    expect(await samples()).to.deep.equal(['members{group="a"} 0', 'members{group="b"} 1']);
    groups = ['b'];
    expect(await samples()).to.deep.equal(['members{group="b"} 0']);
  });

  it('can do without labels', async () => {
    metrics.counter({ name: 'all_total', help: 'All.' }).add({});
    expect(await samples()).to.deep.equal(['all_total 1']);
  });

  it('refuse a name twice, and one that Prometheus would not take', () => {
    metrics.counter({ name: 'seen_total', help: 'x' });
    expect(() => metrics.counter({ name: 'seen_total', help: 'x' })).to.throw('seen_total');
    expect(() => metrics.counter({ name: 'a b', help: 'x' })).to.throw('metric name');
  });

  it('of two registries do not meet', async () => {
    new Metrics().counter({ name: 'seen_total', help: 'x' });
    expect(await samples()).to.be.empty;
  });

  it('tell of the process when asked to', async () => {
    metrics = new Metrics({ process: true });
    const text = await metrics.render();
    expect(text)
      .to.match(/^process_cpu_seconds_total /m)
      .and.to.match(/^nodejs_eventloop_lag_seconds /m);
  });

  it('fail to render when a gauge cannot be read', async () => {
    metrics.gauge({ name: 'broken', help: 'x', read: () => Promise.reject(new Error('no broker')) });
    expect((await rejection(metrics.render(), Error)).message).to.equal('no broker');
  });
});
