import { InvalidEvent, UndecodableEvent, UnknownEventType } from '../../../../pkg/events/index.js';
import {
  classifyFailure,
  DriverError,
  type FailureClass,
  InvalidMessage,
  type KafkaManager,
  MessageTooLarge,
  type PartitionStatus,
  PublishOutcomeUnknown,
  PublishRefused,
} from '../../../../pkg/kafka/index.js';
import { currentContext } from '../../../../pkg/logger/index.js';
import { DomainError, NotAllowed, NotPublished, TooLarge, Unavailable } from '../../../entity/errors.js';
import {
  type KafkaRepository,
  type KafkaStatus,
  type MessageHandler,
  type MessagePosition,
  type ReceivedMessage,
  type ReceiveOptions,
  type SendOptions,
  type SwitchOptions,
} from '../../contracts.js';
import { type MessageReceiver } from './message_receiver.js';

/** Probes are commonly given up after one second. */
const PING_TIMEOUT_MS = 900;

export interface ManagedKafkaRepositoryOptions {
  manager: KafkaManager;
  receiver: MessageReceiver;
  /** Names this process among those of the service. */
  instance: string;
  /** Is told of each message, when it is known what became of it. */
  onSent?: (sent: SentMessage) => void;
}

/** What became of a message that was to be sent. */
export interface SentMessage {
  topic: string;
  /** Its `event-type` header. */
  eventType: string | undefined;
  seconds: number;
  /** Undefined when it was acknowledged. */
  error: DomainError | undefined;
}

interface Delivery extends SendOptions {
  topic: string;
  key: string | null;
  value: string | Uint8Array | null;
}

/** {@link KafkaRepository} on the Kafka clients of this process. */
export class ManagedKafkaRepository implements KafkaRepository {
  private readonly manager: KafkaManager;

  constructor(private readonly options: ManagedKafkaRepositoryOptions) {
    this.manager = options.manager;
  }

  async sendMessage(
    topic: string,
    key: string | null,
    value: string | Uint8Array | null,
    options: SendOptions = { headers: {} },
  ): Promise<MessagePosition> {
    const startedAt = performance.now();
    const report = (error: DomainError | undefined): void => {
      const seconds = (performance.now() - startedAt) / 1000;
      this.options.onSent?.({ topic, eventType: options.headers['event-type'], seconds, error });
    };
    try {
      const position = await this.deliver({ topic, key, value, ...options });
      report(undefined);
      return position;
    } catch (error) {
      if (error instanceof DomainError) report(error);
      throw error;
    }
  }

  receiveOne(topic: string, groupId: string, options: ReceiveOptions): Promise<ReceivedMessage | undefined> {
    return this.options.receiver.receive(topic, groupId, options);
  }

  addConsumer(topic: string, groupId: string, handler: MessageHandler): void {
    this.manager.addConsumer(topic, groupId, handler, { classify });
  }

  startConsumer(topic: string): Promise<void> {
    return this.manager.startConsumer(topic);
  }

  startAllConsumers(): Promise<void> {
    return this.manager.startAllConsumers();
  }

  enableProducer(): void {
    this.manager.enableProducer();
  }

  disableProducer(options?: SwitchOptions): Promise<void> {
    const not = (): string =>
      'Producing is off, but not all messages that were accepted before are settled yet.';
    return turned(this.manager.disableProducer(), not, options);
  }

  isProducerEnabled(): boolean {
    return this.manager.isProducerEnabled();
  }

  enableConsumer(options?: SwitchOptions): Promise<void> {
    const not = (): string =>
      this.manager.isConsumerEnabled()
        ? 'Consuming is on, but not all consumers have joined their groups yet; they go on trying.'
        : 'Consuming was switched off again meanwhile.';
    return turned(this.manager.enableConsumer(), not, options);
  }

  disableConsumer(options?: SwitchOptions): Promise<void> {
    const not = (): string =>
      'Consuming is off, but not all work in hand is finished and all groups left yet.';
    return turned(this.manager.disableConsumer(), not, options);
  }

  isConsumerEnabled(): boolean {
    return this.manager.isConsumerEnabled();
  }

  getStatus(): KafkaStatus {
    const status = this.manager.getStatus();
    const consumers = status.consumers.map(({ partitions, ...consumer }) => ({
      ...consumer,
      blockedPartitions: heldUp(partitions, ({ deadLetterError }) => deadLetterError),
      unreadablePartitions: heldUp(partitions, ({ unreadable }) => unreadable),
      waitingPartitions: partitions.filter(({ holds }) => holds.includes('infrastructure')),
    }));
    return { ...status, consumers, instance: this.options.instance };
  }

  async ping(): Promise<void> {
    try {
      await this.manager.ping({ timeoutMs: PING_TIMEOUT_MS });
    } catch (cause) {
      throw new Unavailable('KAFKA_UNAVAILABLE', 'No Kafka broker answers.', { cause });
    }
  }

  close(): Promise<void> {
    return this.manager.close();
  }

  private async deliver({ topic, key, value, headers, signal }: Delivery): Promise<MessagePosition> {
    const eventId = headers['event-id'];
    if (signal?.aborted) throw new NotPublished('not-stored', eventId, { cause: signal.reason });
    const correlationId = currentContext()?.correlationId;
    const all = { ...(correlationId === undefined ? {} : { 'correlation-id': correlationId }), ...headers };
    try {
      return await orAborted(this.manager.sendMessage(topic, key, value, { headers: all, signal }), signal);
    } catch (cause) {
      if (isTooLarge(cause)) {
        throw new TooLarge('EVENT_TOO_LARGE', 'The event is larger than its topic takes.', { cause });
      }
      if (cause instanceof InvalidMessage) {
        throw new NotAllowed('EVENT_INVALID', 'The event is none that a topic takes.', { cause });
      }
      const unknown = cause instanceof PublishOutcomeUnknown || (signal?.aborted && cause === signal.reason);
      throw new NotPublished(unknown ? 'unknown' : 'not-stored', eventId, { cause });
    }
  }
}

/** The partitions for which there is a reason. */
function heldUp(
  partitions: readonly PartitionStatus[],
  reasonOf: (status: PartitionStatus) => string | null,
) {
  return partitions.flatMap((status) => {
    const reason = reasonOf(status);
    return reason === null ? [] : [{ topic: status.topic, partition: status.partition, reason }];
  });
}

/** Whether it is over a limit of the producer or of the topic: however often it is sent, it stays so. */
function isTooLarge(thrown: unknown): boolean {
  if (!(thrown instanceof PublishRefused && thrown.cause instanceof DriverError)) {
    return thrown instanceof MessageTooLarge;
  }
  return ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'].includes(thrown.cause.protocolError ?? '');
}

/** No attempt makes an event of bytes that are none, or allows what is not allowed; what is unavailable is not the message's fault. */
function classify(thrown: unknown): FailureClass {
  const unreadable = [InvalidEvent, UndecodableEvent, UnknownEventType];
  if (unreadable.some((type) => thrown instanceof type) || thrown instanceof NotAllowed) return 'fatal';
  return thrown instanceof Unavailable ? 'infrastructure' : classifyFailure(thrown);
}

/** What a switch set going. @throws Unavailable saying what is not done, when it fails or nobody waits any more */
async function turned(work: Promise<void>, not: () => string, { signal }: SwitchOptions = {}): Promise<void> {
  try {
    await orAborted(work, signal);
  } catch (cause) {
    throw new Unavailable('KAFKA_UNAVAILABLE', not(), { cause });
  }
}

/** Settles as the promise does, or rejects with the signal's reason when that is aborted first. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => {
      // A promise that the same signal settles says more: a message that was taken back is not stored.
      setImmediate(reject, signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
