import { type KafkaManager } from '../../../../pkg/kafka/index.js';
import {
  type KafkaRepository,
  type KafkaStatus,
  type MessageHandler,
  type MessagePosition,
} from '../../contracts.js';

/** {@link KafkaRepository} on the Kafka clients of this process. */
export class ManagedKafkaRepository implements KafkaRepository {
  constructor(private readonly manager: KafkaManager) {}

  sendMessage(
    ...[topic, key, value, options]: Parameters<KafkaRepository['sendMessage']>
  ): Promise<MessagePosition> {
    return this.manager.sendMessage(topic, key, value, options);
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
    return this.manager.getStatus();
  }

  close(): Promise<void> {
    return this.manager.close();
  }
}
