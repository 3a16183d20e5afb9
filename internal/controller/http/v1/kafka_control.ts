import { z } from 'zod';
import { defineRoute, type Route } from '../../../../pkg/httpserver/index.js';
import { type Kafka, type KafkaStatus, type SwitchReport } from '../../../usecase/contracts.js';

const operators = { tag: 'kafka', access: 'control' } as const;

const instance = z.string().describe('Machine and process. Each instance has switches of its own.');

const switched = z
  .object({ status: z.enum(['enabled', 'disabled']), scope: z.literal('instance'), instance })
  .meta({ id: 'Switched' });

const partition = z.object({ topic: z.string(), partition: z.int() });
const heldUp = partition.extend({ reason: z.string() });

const consumer = z.object({
  groupId: z.string(),
  topics: z.array(z.string()),
  state: z.string().describe('`running` once it has joined its group.'),
  reason: z.string().nullable().describe('Why it could not, while it tries again; null otherwise.'),
  stoppedPartitions: z.array(partition).describe('Stopped for good at a failing message.'),
  blockedPartitions: z.array(heldUp).describe('Waiting until a failed message can be set aside.'),
  unreadablePartitions: z
    .array(heldUp)
    .describe('That cannot be read: their records are damaged, or the service may not.'),
  waitingPartitions: z.array(partition).describe('Waiting for something that a handler needs.'),
  flooded: z.boolean().describe('Pausing, since too many messages failed.'),
});

const producer = z.object({
  acknowledgedMsAgo: z.int().nullable().describe('Milliseconds; null when nothing was acknowledged yet.'),
  unacknowledged: z
    .array(partition.extend({ forMs: z.int(), reason: z.string().nullable() }))
    .describe('Partitions with messages that wait, and for how many milliseconds none was acknowledged.'),
});

const common = { instance, brokers: z.array(z.string()), message: z.string().describe('For people.') };
const producerSide = { producerEnabled: z.boolean(), producer };
const consumerSide = { consumerEnabled: z.boolean(), consumerCount: z.int(), consumers: z.array(consumer) };

export interface KafkaControlRoutesOptions {
  kafka: Kafka;
  /** Milliseconds that what a switch sets going gets to end. */
  switchTimeoutMs: number;
}

/** The switches of this instance's Kafka clients and how they stand, for operators. */
export function kafkaControlRoutes({ kafka, switchTimeoutMs }: KafkaControlRoutesOptions): Route[] {
  const patience = (): AbortSignal => AbortSignal.timeout(switchTimeoutMs);
  return [
    switchRoute({
      path: '/kafka/producer/enable',
      summary: 'Switch producing on',
      problems: {},
      turn: () => kafka.enableProducer(),
    }),
    switchRoute({
      path: '/kafka/producer/disable',
      summary: 'Switch producing off',
      description:
        'Answers once what was accepted before is settled. Until it is on again, publishing fails.',
      turn: () => kafka.disableProducer({ signal: patience() }),
    }),
    switchRoute({
      path: '/kafka/consumer/enable',
      summary: 'Switch consuming on',
      description:
        'Answers once the consumers have joined their groups. Those that cannot at once go on trying: the switch is on.',
      turn: () => kafka.enableConsumer({ signal: patience() }),
    }),
    switchRoute({
      path: '/kafka/consumer/disable',
      summary: 'Switch consuming off',
      description: 'Answers once work in hand is finished; other instances take the partitions over.',
      turn: () => kafka.disableConsumer({ signal: patience() }),
    }),
    statusRoute({
      path: '/kafka/status',
      summary: 'How the Kafka clients of this instance stand',
      shape: { ...common, ...producerSide, ...consumerSide },
      status: () => kafka.status(),
    }),
    statusRoute({
      path: '/kafka/producer/status',
      summary: 'How the producer of this instance stands',
      shape: { ...common, ...producerSide },
      status: () => kafka.status(),
    }),
    statusRoute({
      path: '/kafka/consumer/status',
      summary: 'How the consumers of this instance stand',
      shape: { ...common, ...consumerSide },
      status: () => kafka.status(),
    }),
  ];
}

function switchRoute({
  turn,
  problems = {
    503: 'The switch stands as asked, but what it sets going has not ended in time; `detail` says what.',
  },
  ...about
}: {
  path: string;
  summary: string;
  description?: string;
  problems?: Record<number, string>;
  turn: () => Promise<SwitchReport>;
}): Route {
  return defineRoute({
    ...operators,
    ...about,
    method: 'post',
    replies: { 200: { description: 'The switch stands as asked, on this instance.', body: switched } },
    problems,
    async handle() {
      const { enabled, instance: name } = await turn();
      return {
        status: 200,
        body: { status: enabled ? 'enabled' : 'disabled', scope: 'instance', instance: name },
      };
    },
  });
}

function statusRoute({
  shape,
  status,
  ...about
}: {
  path: string;
  summary: string;
  /** The part of the status that the route answers. */
  shape: z.ZodRawShape;
  status: () => KafkaStatus;
}): Route {
  return defineRoute({
    ...operators,
    ...about,
    method: 'get',
    replies: {
      200: {
        description: 'As it stands now.',
        body: z.object({ status: z.literal('success'), data: z.object(shape) }),
      },
    },
    async handle() {
      const { producerEnabled, consumerEnabled, ...rest } = status();
      const message = `producing is ${onOff(producerEnabled)}, consuming is ${onOff(consumerEnabled)}`;
      const data = { producerEnabled, consumerEnabled, ...rest, message };
      return { status: 200, body: { status: 'success', data } };
    },
  });
}

function onOff(enabled: boolean): string {
  return enabled ? 'on' : 'off';
}
