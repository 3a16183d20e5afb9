import { expect } from 'chai';
import { NotPublished } from '../../../internal/entity/errors.js';
import { type StoredEvent } from '../../../internal/repo/contracts.js';
import { EventMetrics } from '../../../internal/repo/persistent/kafka/event_metrics.js';
import { QueueFull } from '../../../pkg/kafka/index.js';
import { Metrics } from '../../../pkg/telemetry/index.js';

describe('the metrics of events', () => {
  const now = new Date('2025-10-09T12:00:03.000Z');
  let metrics: Metrics;
  let eventMetrics: EventMetrics;

  beforeEach(() => {
    metrics = new Metrics();
    eventMetrics = new EventMetrics(metrics, { now: () => now });
  });

  const stored = (timestamp: string) =>
    ({
      event: { type: 'user.created', timestamp },
      position: { topic: 'user-events', partition: 0, offset: '1' },
    }) as StoredEvent;

  it('count what was sent and what could not be, and how long it took', async () => {
    const sent = { topic: 'user-events', eventType: 'user.created', seconds: 0.002 };
    eventMetrics.sent({ ...sent, error: undefined });
    eventMetrics.sent({ ...sent, error: new NotPublished('unknown', 'e-1') });
    const cause = new QueueFull(1, 1);
    eventMetrics.sent({ ...sent, error: new NotPublished('not-stored', 'e-2', { cause }) });
    const text = await metrics.render();
    const labels = 'topic="user-events",event_type="user.created"';
    expect(text)
      .to.include(`messaging_client_sent_messages_total{${labels},error_type=""} 1`)
      .and.to.include(`messaging_client_sent_messages_total{${labels},error_type="EVENT_UNCONFIRMED"} 1`)
      .and.to.include(`messaging_client_sent_messages_total{${labels},error_type="KAFKA_QUEUE_FULL"} 1`)
      .and.to.include(
        'messaging_client_operation_duration_seconds_sum{operation="send",topic="user-events",error_type=""} 0.002',
      );
  });

  it('count what was consumed by whom, and how late; never less than at once', async () => {
    eventMetrics.consumed(stored('2025-10-09T12:00:00.000Z'), 'k', 'g.users');
    eventMetrics.consumed(stored('2025-10-09T12:00:09.000Z'), 'k', 'g.users');
    const text = await metrics.render();
    expect(text)
      .to.include(
        'messaging_client_consumed_messages_total{topic="user-events",group="g.users",event_type="user.created"} 2',
      )
      .and.to.include('messaging_end_to_end_latency_seconds_sum{topic="user-events",group="g.users"} 3');
  });
});
