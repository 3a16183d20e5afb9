import { ContainerModule } from 'inversify';
import { KafkaEvents } from '../../usecase/contracts.js';
import { EventConsumer } from '../tokens.js';

/** The user events. */
export const usersModule = new ContainerModule(({ bind }) => {
  bind<EventConsumer>(EventConsumer).toDynamicValue((context) => () => {
    context.get<KafkaEvents>(KafkaEvents).consumeUserEvents();
  });
});
