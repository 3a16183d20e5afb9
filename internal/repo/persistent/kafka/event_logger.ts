import { type EventObserver, type Logger, type StoredEvent } from '../../contracts.js';

/** Writes one debug line for each event that was published or handled. */
export class EventLogger implements EventObserver {
  constructor(private readonly logger: Logger) {}

  produced(stored: StoredEvent, key: string): void {
    this.logger.debug('event produced', describe(stored, key));
  }

  consumed(stored: StoredEvent, key: string, reader: string): void {
    this.logger.debug('event consumed', { ...describe(stored, key), reader });
  }
}

function describe({ event, position }: StoredEvent, key: string): Record<string, unknown> {
  return { type: event.type, eventId: event.id, key, ...position };
}
