import { type Container } from 'inversify';
import { EventConsumer } from './tokens.js';

/** Registers the handlers of every domain, once; they get messages when the consumers are started. */
export function registerConsumers(container: Container): void {
  for (const register of container.getAll<EventConsumer>(EventConsumer)) register();
}
