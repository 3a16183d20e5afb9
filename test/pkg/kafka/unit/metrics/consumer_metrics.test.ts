import { expect } from 'chai';
import { type KafkaManager } from '../../../../../pkg/kafka/index.js';
import { ConsumerMetrics } from '../../../../../pkg/kafka/metrics/consumer_metrics.js';
import { Metrics } from '../../../../../pkg/telemetry/index.js';

const place = { groupId: 'g', topic: 't', partition: 0, offset: '7' };
const labels = 'topic="t",group="g"';

describe('the metrics of consumers', () => {
  let metrics: Metrics;
  let consumers: ConsumerMetrics;

  beforeEach(() => {
    metrics = new Metrics();
    consumers = new ConsumerMetrics(metrics);
  });

  it('count retries and dead letters by the class of the error, rebalances, crashes, and time handlers', async () => {
    const error = new TypeError('x');
    consumers.observe({ type: 'handled', ...place, attempt: 1, durationMs: 500 });
    consumers.observe({ type: 'retried', ...place, infrastructure: false, attempt: 1, delayMs: 1, error });
    consumers.observe({ type: 'dead-lettered', ...place, target: 't.g-dlt', attempts: 6, error: 'text' });
    consumers.observe({ type: 'rebalanced', groupId: 'g', assigned: [] });
    consumers.observe({ type: 'crashed', groupId: 'g', error, restartInMs: 1 });
    expect(await metrics.render())
      .to.include(`messaging_process_duration_seconds_sum{${labels}} 0.5`)
      .and.to.include(`messaging_retries_total{${labels},error_type="TypeError"} 1`)
      .and.to.include(`messaging_dead_letters_total{${labels},error_type="string"} 1`)
      .and.to.include('messaging_rebalances_total{group="g"} 1')
      .and.to.include('messaging_consumer_crashes_total{group="g"} 1');
  });

  it('tell of each group whether it runs, and of each partition how far it is', async () => {
    const partition = { topic: 't', partition: 2, unfinished: 3, lag: '5', committed: '9', holds: ['due'] };
    const fresh = { ...partition, partition: 3, lag: null, committed: null, holds: [] };
    const status = { consumers: [{ groupId: 'g', state: 'running', partitions: [partition, fresh] }] };
    consumers.watch({ getStatus: () => status } as unknown as Pick<KafkaManager, 'getStatus'>);
    const of = (number: number) => `{consumergroup="g",topic="t",partition="${number}"}`;
    expect(await metrics.render())
      .to.include('messaging_consumer_up{group="g"} 1')
      .and.to.include(`kafka_consumergroup_lag${of(2)} 5`)
      .and.to.include(`kafka_consumergroup_lag${of(3)} -1`)
      .and.to.include(`kafka_consumergroup_current_offset${of(2)} 9`)
      .and.to.include(`messaging_inflight_messages${of(2)} 3`)
      .and.to.include(`messaging_paused_partitions${of(2)} 1`)
      .and.to.include(`messaging_paused_partitions${of(3)} 0`);
    status.consumers = [];
    expect(await metrics.render()).not.to.include('messaging_consumer_up{');
  });
});
