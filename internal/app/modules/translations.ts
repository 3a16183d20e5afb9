import { ContainerModule } from 'inversify';
import { type Config as AppConfig } from '../../../config/config.js';
import { type Route } from '../../../pkg/httpserver/index.js';
import { translationReactions } from '../../controller/event/translations.js';
import { translationRoutes } from '../../controller/http/v1/translations.js';
import { translationEvents } from '../../entity/translation_event.js';
import { EventBus, TranslationHistory, Translator } from '../../repo/contracts.js';
import { Phrasebook } from '../../repo/persistent/phrasebook/phrasebook.js';
import { InMemoryTranslationHistory } from '../../repo/persistent/views/translation_history.js';
import { LibreTranslate } from '../../repo/webapi/libre_translate.js';
import { AnswerTranslation, TranslationEvents, Translations } from '../../usecase/contracts.js';
import { AnswerTranslationUseCase } from '../../usecase/translations/answer_translation.js';
import { TranslationEventsUseCase } from '../../usecase/translations/translation_events.js';
import { TranslationsUseCase } from '../../usecase/translations/translations.js';
import { ApiRoutes, Config, EventConsumer, TopicName, View } from '../tokens.js';

/** Translations: their topic, who makes them, their history, and the routes to them. */
export const translationsModule = new ContainerModule(({ bind }) => {
  bind<TopicName>(TopicName).toDynamicValue((context) => [
    'translations',
    context.get<AppConfig>(Config).KAFKA.TOPICS.TRANSLATION_EVENTS,
  ]);
  bind(Translator).toDynamicValue((context) => {
    const { URL: url, API_KEY: apiKey, TIMEOUT: timeoutMs } = context.get<AppConfig>(Config).TRANSLATOR;
    return url === undefined ? new Phrasebook() : new LibreTranslate({ url, apiKey, timeoutMs });
  });
  bind(AnswerTranslation).to(AnswerTranslationUseCase);
  bind<EventConsumer>(EventConsumer).toDynamicValue((context) => () => {
    context
      .get<EventBus>(EventBus)
      .subscribe(
        translationEvents,
        translationReactions({ answerTranslation: context.get(AnswerTranslation) }),
      );
  });
  bind(TranslationHistory).toDynamicValue(() => new InMemoryTranslationHistory());
  bind<View>(View).toDynamicValue(
    (context) => () => context.get<TranslationEvents>(TranslationEvents).consumeTranslationEvents(),
  );
  bind(TranslationEvents).to(TranslationEventsUseCase);
  bind(Translations).to(TranslationsUseCase);
  bind<Route[]>(ApiRoutes).toDynamicValue((context) =>
    translationRoutes({
      translations: context.get(Translations),
      publishTimeoutMs: context.get<AppConfig>(Config).HTTP.PUBLISH_TIMEOUT,
    }),
  );
});
