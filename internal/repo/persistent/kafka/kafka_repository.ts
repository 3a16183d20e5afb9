import { type KafkaManager, PublishOutcomeUnknown } from '../../../../pkg/kafka/index.js';
import { currentContext } from '../../../../pkg/logger/index.js';
import { NotPublished } from '../../../entity/errors.js';
import {
  type KafkaRepository,
  type KafkaStatus,
  type MessageHandler,
  type MessagePosition,
  type SendOptions,
} from '../../contracts.js';

/** {@link KafkaRepository} on the Kafka clients of this process. */
export class ManagedKafkaRepository implements KafkaRepository {
  /** @param instance names this process among those of the service */
  constructor(
    private readonly manager: KafkaManager,
    private readonly instance: string,
  ) {}

  async sendMessage(
    topic: string,
    key: string | null,
    value: string | Uint8Array | null,
    { headers, signal }: SendOptions = { headers: {} },
  ): Promise<MessagePosition> {
    const correlationId = currentContext()?.correlationId;
    const all = { ...(correlationId === undefined ? {} : { 'correlation-id': correlationId }), ...headers };
    if (signal?.aborted) throw new NotPublished('not-stored', headers['event-id'], { cause: signal.reason });
    try {
      return await orAborted(this.manager.sendMessage(topic, key, value, { headers: all }), signal);
    } catch (cause) {
      const unknown = cause instanceof PublishOutcomeUnknown || (signal?.aborted && cause === signal.reason);
      throw new NotPublished(unknown ? 'unknown' : 'not-stored', headers['event-id'], { cause });
    }
  }

  addConsumer(topic: string, groupId: string, handler: MessageHandler): void {
    this.manager.addConsumer(topic, groupId, handler);
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

  disableProducer(): Promise<void> {
    return this.manager.disableProducer();
  }

  isProducerEnabled(): boolean {
    return this.manager.isProducerEnabled();
  }

  enableConsumer(): Promise<void> {
    return this.manager.enableConsumer();
  }

  disableConsumer(): Promise<void> {
    return this.manager.disableConsumer();
  }

  isConsumerEnabled(): boolean {
    return this.manager.isConsumerEnabled();
  }

  getStatus(): KafkaStatus {
    return { ...this.manager.getStatus(), instance: this.instance };
  }

  close(): Promise<void> {
    return this.manager.close();
  }
}

/** Settles as the promise does, or rejects with the signal's reason when that is aborted first. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
