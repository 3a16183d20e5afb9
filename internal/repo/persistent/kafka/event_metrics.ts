import { KafkaError, MessageMetrics } from '../../../../pkg/kafka/index.js';
import { type Metrics } from '../../../../pkg/telemetry/index.js';
import { type DomainError } from '../../../entity/errors.js';
import { type Clock, type EventObserver, type StoredEvent } from '../../contracts.js';
import { type SentMessage } from './kafka_repository.js';

/** What became of the events of this instance, for Prometheus. */
export class EventMetrics implements EventObserver {
  private readonly messages: MessageMetrics;

  constructor(
    metrics: Metrics,
    private readonly clock: Clock,
  ) {
    this.messages = new MessageMetrics(metrics);
  }

  sent({ topic, eventType = '', seconds, error }: SentMessage): void {
    const errorType = error === undefined ? '' : codeOf(error);
    this.messages.sent({ topic, eventType, seconds, errorType });
  }

  /** Counted by {@link sent}, which also knows of what could not be sent. */
  produced(): void {
    return;
  }

  consumed({ event, position: { topic } }: StoredEvent, _key: string, group: string): void {
    const seconds = (this.clock.now().getTime() - Date.parse(event.timestamp)) / 1000;
    this.messages.handled({ topic, group, eventType: event.type, seconds });
  }
}

/** Why, as the Kafka client says it; the service's own code where the request's time was over first. */
function codeOf({ cause, code }: DomainError): string {
  return cause instanceof KafkaError ? cause.code : code;
}
