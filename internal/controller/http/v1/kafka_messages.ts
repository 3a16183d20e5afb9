import { z } from 'zod';
import { defineRoute, type Route } from '../../../../pkg/httpserver/index.js';
import { readableMessage } from '../../../../pkg/kafka/index.js';
import { opaqueId } from '../../../entity/id.js';
import { type Kafka } from '../../../usecase/contracts.js';
import { idInput, topicName, unpublished } from './schemas.js';

export interface KafkaMessageRoutesOptions {
  kafka: Kafka;
  /** Milliseconds that the brokers get to acknowledge a message. */
  publishTimeoutMs: number;
  /** Milliseconds that a request may wait for a message at most. */
  longestWaitMs: number;
}

const WAIT_MS = 5_000;

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

const bytes = z
  .union([z.string(), z.object({ base64: z.string() })])
  .describe('Text, or where the bytes are no UTF-8, their Base64.');

const receivedMessage = z
  .object({
    topic: z.string(),
    partition: z.int(),
    offset: z.string().describe('Decimal text.'),
    timestamp: z.iso.datetime().nullable().describe('Null where it is none.'),
    key: bytes.nullable(),
    value: bytes.nullable().describe('Null is a tombstone.'),
    headers: z.record(z.string(), z.union([bytes, z.array(bytes)])),
  })
  .meta({ id: 'ReceivedMessage' });

const receiveQuery = (longestWaitMs: number) =>
  z.strictObject({
    topic: topicName,
    group: opaqueId.describe('A consumer group without members; its position moves on by the message.'),
    timeoutMs: z.coerce
      .number()
      .int()
      .min(1)
      .max(longestWaitMs)
      .default(Math.min(WAIT_MS, longestWaitMs))
      .describe('Milliseconds to wait where no message is there yet.'),
  });

/** Messages by hand, for operators. */
export function kafkaMessageRoutes({
  kafka,
  publishTimeoutMs,
  longestWaitMs,
}: KafkaMessageRoutesOptions): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/kafka/producer/request',
      tag: 'kafka',
      access: 'control',
      summary: 'Send a message',
      description:
        'Sends a message to one of the configured topics and answers once the brokers have it. ' +
        'Repeated under its key it is stored again, with the same event-id header.',
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
    defineRoute({
      method: 'get',
      path: '/kafka/consumer/receiver',
      tag: 'kafka',
      access: 'control',
      summary: 'Receive a message',
      description:
        "The next message after the group's committed offset, or the first of the topic where there is none. " +
        'The offset is committed with it, so that each call gets the next one; calls of one topic and group take ' +
        'turns on this instance, and two instances may be given the same.',
      request: { query: receiveQuery(longestWaitMs) },
      replies: {
        200: { description: 'The message.', body: receivedMessage },
        204: { description: 'None came in time.' },
      },
      problems: {
        403: 'The brokers refuse it to this service, or the request comes from a page elsewhere.',
        404: 'There is no such topic.',
        409: 'The group has members, to whom its messages belong.',
        503: 'The brokers did not answer in time; the group may have moved on by a message.',
      },
      async handle({ query, signal }) {
        const message = await kafka.receiveMessage(query, { signal });
        return message === undefined ? { status: 204 } : { status: 200, body: readableMessage(message) };
      },
    }),
  ];
}
