import { ContainerModule } from 'inversify';
import { type Config as AppConfig } from '../../../config/config.js';
import { kafkaControlRoutes } from '../../controller/http/v1/kafka_control.js';
import { kafkaMessageRoutes } from '../../controller/http/v1/kafka_messages.js';
import { Kafka } from '../../usecase/contracts.js';
import { KafkaUseCase } from '../../usecase/kafka/kafka.js';
import { ApiRoutes, Config } from '../tokens.js';

const LONGEST_WAIT_MS = 30_000;

/** Messages by hand, and the switches of the Kafka clients. */
export const kafkaControlModule = new ContainerModule(({ bind }) => {
  bind(Kafka).to(KafkaUseCase);
  bind(ApiRoutes).toDynamicValue((context) => {
    const kafka = context.get<Kafka>(Kafka);
    const { PUBLISH_TIMEOUT, WRITE_TIMEOUT, KAFKA_TIMEOUT } = context.get<AppConfig>(Config).HTTP;
    // Beside the wait the brokers are asked twice, and the connection is to be there still for the answer.
    const longestWaitMs = Math.min(LONGEST_WAIT_MS, WRITE_TIMEOUT - 2 * KAFKA_TIMEOUT - 1);
    return [
      ...kafkaMessageRoutes({ kafka, publishTimeoutMs: PUBLISH_TIMEOUT, longestWaitMs }),
      ...kafkaControlRoutes({ kafka, switchTimeoutMs: KAFKA_TIMEOUT }),
    ];
  });
});
