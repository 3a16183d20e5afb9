import { inject, injectable } from 'inversify';
import { NotAllowed } from '../../entity/errors.js';
import { ConfiguredTopics, IdGenerator, KafkaRepository, type KafkaStatus } from '../../repo/contracts.js';
import {
  type CommandOptions,
  type Kafka,
  type MessageInput,
  type ProducedMessage,
  type ReceiveQuery,
  type ReceivedMessage,
  type SwitchOptions,
  type SwitchReport,
} from '../contracts.js';

@injectable()
export class KafkaUseCase implements Kafka {
  constructor(
    @inject(KafkaRepository) private readonly kafka: KafkaRepository,
    @inject(ConfiguredTopics) private readonly topics: ConfiguredTopics,
    @inject(IdGenerator) private readonly ids: IdGenerator,
  ) {}

  async produceMessage(
    { topic, key, value }: MessageInput,
    { idempotencyKey, signal }: CommandOptions = {},
  ): Promise<ProducedMessage> {
    if (!this.topics.has(topic)) {
      throw new NotAllowed('TOPIC_NOT_CONFIGURED', `Topic ${topic} is not one of this service's.`);
    }
    const eventId = idempotencyKey === undefined ? this.ids.next() : this.ids.derived(idempotencyKey);
    const sent = value === null || typeof value === 'string' ? value : JSON.stringify(value);
    const options = { headers: { 'event-id': eventId }, signal };
    const position = await this.kafka.sendMessage(topic, key ?? null, sent, options);
    return { ...position, eventId };
  }

  async receiveMessage(
    { topic, group, timeoutMs }: ReceiveQuery,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<ReceivedMessage | undefined> {
    return this.kafka.receiveOne(topic, group, { timeoutMs, signal });
  }

  async enableProducer(): Promise<SwitchReport> {
    this.kafka.enableProducer();
    return this.report(this.kafka.isProducerEnabled());
  }

  async disableProducer(options?: SwitchOptions): Promise<SwitchReport> {
    await this.kafka.disableProducer(options);
    return this.report(this.kafka.isProducerEnabled());
  }

  async enableConsumer(options?: SwitchOptions): Promise<SwitchReport> {
    await this.kafka.enableConsumer(options);
    return this.report(this.kafka.isConsumerEnabled());
  }

  async disableConsumer(options?: SwitchOptions): Promise<SwitchReport> {
    await this.kafka.disableConsumer(options);
    return this.report(this.kafka.isConsumerEnabled());
  }

  status(): KafkaStatus {
    return this.kafka.getStatus();
  }

  private report(enabled: boolean): SwitchReport {
    return { enabled, instance: this.kafka.getStatus().instance };
  }
}
