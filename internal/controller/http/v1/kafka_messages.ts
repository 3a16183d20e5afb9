import { z } from 'zod';
import { defineRoute, type Route } from '../../../../pkg/httpserver/index.js';
import { type Kafka } from '../../../usecase/contracts.js';
import { idInput, topicName, unpublished } from './schemas.js';

export interface KafkaMessageRoutesOptions {
  kafka: Kafka;
  /** Milliseconds that the brokers get to acknowledge a message. */
  publishTimeoutMs: number;
}

const messageInput = z
  .strictObject({
    topic: topicName.describe('One of the topics that this service is configured with.'),
    key: idInput.optional().describe('Messages of one key keep their order.'),
    value: z
      .unknown()
      .refine((value) => value !== undefined, 'is required')
      .describe('A string is sent as it is, null as a tombstone, anything else as JSON.'),
  })
  .meta({ id: 'MessageInput' });

const producedMessage = z
  .object({
    status: z.literal('message sent'),
    topic: z.string(),
    partition: z.int(),
    offset: z.string().describe('Decimal text, since it may exceed what a JSON number holds.'),
    eventId: z.string().describe('The event-id header of the message.'),
  })
  .meta({ id: 'ProducedMessage' });

/** Messages by hand, for operators. */
export function kafkaMessageRoutes({ kafka, publishTimeoutMs }: KafkaMessageRoutesOptions): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/kafka/producer/request',
      tag: 'kafka',
      access: 'control',
      summary: 'Send a message',
      description: 'Sends a message to one of the configured topics and answers once the brokers have it.',
      idempotent: true,
      request: { body: messageInput },
      replies: { 200: { description: 'The brokers have the message.', body: producedMessage } },
      problems: {
        403: 'The topic is none of this service, or the request comes from a page elsewhere.',
        ...unpublished,
      },
      async handle({ body, idempotencyKey }) {
        const signal = AbortSignal.timeout(publishTimeoutMs);
        const produced = await kafka.produceMessage(body, { idempotencyKey, signal });
        return { status: 200, body: { status: 'message sent', ...produced } };
      },
    }),
  ];
}
