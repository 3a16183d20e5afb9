import { KafkaError } from '../../../../pkg/kafka/index.js';
import { type Count, type Distribution, type Metrics } from '../../../../pkg/telemetry/index.js';
import { type NotPublished } from '../../../entity/errors.js';
import { type Clock, type EventObserver, type StoredEvent } from '../../contracts.js';
import { type SentMessage } from './kafka_repository.js';

/** Seconds: from what a local broker takes to what a consumer may lag behind. */
const LATENCIES = [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120, 600];
const SEND_TIMES = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What became of the events of this instance, for Prometheus. */
export class EventMetrics implements EventObserver {
  private readonly sentMessages: Count<'topic' | 'event_type' | 'error_type'>;
  private readonly sendTimes: Distribution<'operation' | 'topic' | 'error_type'>;
  private readonly consumedMessages: Count<'topic' | 'group' | 'event_type'>;
  private readonly latencies: Distribution<'topic' | 'group'>;

  constructor(
    metrics: Metrics,
    private readonly clock: Clock,
  ) {
    this.sentMessages = metrics.counter({
      name: 'messaging_client_sent_messages_total',
      help: 'Messages that were sent, or were to be; error_type is empty where they were acknowledged.',
      labels: ['topic', 'event_type', 'error_type'],
    });
    this.sendTimes = metrics.histogram({
      name: 'messaging_client_operation_duration_seconds',
      help: 'How long the brokers took.',
      labels: ['operation', 'topic', 'error_type'],
      buckets: SEND_TIMES,
    });
    this.consumedMessages = metrics.counter({
      name: 'messaging_client_consumed_messages_total',
      help: 'Events that were handled; group is "view" for those that a view took in.',
      labels: ['topic', 'group', 'event_type'],
    });
    this.latencies = metrics.histogram({
      name: 'messaging_end_to_end_latency_seconds',
      help: 'From when an event happened to when it was handled.',
      labels: ['topic', 'group'],
      buckets: LATENCIES,
    });
  }

  sent({ topic, eventType = '', seconds, error }: SentMessage): void {
    const error_type = error === undefined ? '' : codeOf(error);
    this.sentMessages.add({ topic, event_type: eventType, error_type });
    this.sendTimes.observe({ operation: 'send', topic, error_type }, seconds);
  }

  /** Counted by {@link sent}, which also knows of what could not be sent. */
  produced(): void {
    return;
  }

  consumed({ event, position: { topic } }: StoredEvent, _key: string, group: string): void {
    this.consumedMessages.add({ topic, group, event_type: event.type });
    const seconds = (this.clock.now().getTime() - Date.parse(event.timestamp)) / 1000;
    // The clocks of two machines differ; an event of the future has taken no time.
    this.latencies.observe({ topic, group }, Math.max(0, seconds));
  }
}

/** Why, as the Kafka client says it; the service's own code where the request's time was over first. */
function codeOf({ cause, code }: NotPublished): string {
  return cause instanceof KafkaError ? cause.code : code;
}
