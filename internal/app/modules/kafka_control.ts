import { ContainerModule } from 'inversify';
import { type Config as AppConfig } from '../../../config/config.js';
import { kafkaControlRoutes } from '../../controller/http/v1/kafka_control.js';
import { kafkaMessageRoutes } from '../../controller/http/v1/kafka_messages.js';
import { Kafka } from '../../usecase/contracts.js';
import { KafkaUseCase } from '../../usecase/kafka/kafka.js';
import { ApiRoutes, Config } from '../tokens.js';

/** Messages by hand, and the switches of the Kafka clients. */
export const kafkaControlModule = new ContainerModule(({ bind }) => {
  bind(Kafka).to(KafkaUseCase);
  bind(ApiRoutes).toDynamicValue((context) => {
    const kafka = context.get<Kafka>(Kafka);
    const { PUBLISH_TIMEOUT } = context.get<AppConfig>(Config).HTTP;
    return [
      ...kafkaMessageRoutes({ kafka, publishTimeoutMs: PUBLISH_TIMEOUT }),
      ...kafkaControlRoutes(kafka),
    ];
  });
});
