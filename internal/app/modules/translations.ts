import { ContainerModule } from 'inversify';
import { Translator } from '../../repo/contracts.js';
import { Phrasebook } from '../../repo/persistent/phrasebook/phrasebook.js';
import { KafkaEvents } from '../../usecase/contracts.js';
import { EventConsumer } from '../tokens.js';

/** The translation events, and what answers them. */
export const translationsModule = new ContainerModule(({ bind }) => {
  bind(Translator).toConstantValue(new Phrasebook());
  bind<EventConsumer>(EventConsumer).toDynamicValue((context) => () => {
    context.get<KafkaEvents>(KafkaEvents).consumeTranslationEvents();
  });
});
