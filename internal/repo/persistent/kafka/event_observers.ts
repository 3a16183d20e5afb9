import { type EventObserver, type StoredEvent } from '../../contracts.js';

/** Tells several observers. */
export class EventObservers implements EventObserver {
  constructor(private readonly observers: readonly EventObserver[]) {}

  produced(stored: StoredEvent, key: string): void {
    for (const observer of this.observers) observer.produced(stored, key);
  }

  consumed(stored: StoredEvent, key: string, reader: string): void {
    for (const observer of this.observers) observer.consumed(stored, key, reader);
  }
}
