import { z } from 'zod';
import { attributes } from '../../../internal/entity/envelope.js';
import { type TopicSpec } from '../../../internal/repo/persistent/topics.js';
import { defineEvent } from '../../../pkg/events/index.js';

/** Events for tests of what carries events, whatever the service's own are. */
const doors = { domain: 'doors', version: '1.0', aggregateType: 'Door', attributes } as const;

export const doorOpened = defineEvent({
  ...doors,
  type: 'door.opened',
  description: 'Somebody came in.',
  data: z.object({ by: z.string().min(1) }),
});

export const doorShut = defineEvent({
  ...doors,
  type: 'door.shut',
  description: 'The door fell shut.',
  data: z.object({}),
});

export const doorEvents = [doorOpened, doorShut] as const;

/** Of another domain. */
export const lampLit = defineEvent({
  domain: 'lamps',
  version: '1.0',
  aggregateType: 'Lamp',
  attributes,
  type: 'lamp.lit',
  description: 'A lamp was lit.',
  data: z.object({}),
});

/** A topic of that name, laid out somehow. */
export function topicOf(topic: string): TopicSpec {
  return { topic, partitions: 3, replicationFactor: -1, configs: {} };
}
