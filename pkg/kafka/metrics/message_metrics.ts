import { type Count, type Distribution, type Metrics } from '../../telemetry/index.js';

/** Seconds: from what a local broker takes to what a consumer may lag behind. */
const LATENCIES = [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120, 600];
const SEND_TIMES = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What became of the messages of this instance, for Prometheus. */
export class MessageMetrics {
  private readonly sentMessages: Count<'topic' | 'event_type' | 'error_type'>;
  private readonly sendTimes: Distribution<'operation' | 'topic' | 'error_type'>;
  private readonly consumedMessages: Count<'topic' | 'group' | 'event_type'>;
  private readonly latencies: Distribution<'topic' | 'group'>;

  constructor(metrics: Metrics) {
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

  /** @param sent.errorType empty where the message was acknowledged */
  sent(sent: { topic: string; eventType: string; errorType: string; seconds: number }): void {
    const { topic, eventType, errorType: error_type, seconds } = sent;
    this.sentMessages.add({ topic, event_type: eventType, error_type });
    this.sendTimes.observe({ operation: 'send', topic, error_type }, seconds);
  }

  /** @param handled.seconds since it happened; less than none counts as none, since clocks differ */
  handled(handled: { topic: string; group: string; eventType: string; seconds: number }): void {
    const { topic, group, eventType, seconds } = handled;
    this.consumedMessages.add({ topic, group, event_type: eventType });
    this.latencies.observe({ topic, group }, Math.max(0, seconds));
  }
}
