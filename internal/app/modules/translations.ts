import { ContainerModule } from 'inversify';
import { type Config as AppConfig } from '../../../config/config.js';
import { type Route } from '../../../pkg/httpserver/index.js';
import { translationRoutes } from '../../controller/http/v1/translations.js';
import { TranslationHistory, Translator } from '../../repo/contracts.js';
import { Phrasebook } from '../../repo/persistent/phrasebook/phrasebook.js';
import { InMemoryTranslationHistory } from '../../repo/persistent/views/translation_history.js';
import { LibreTranslate } from '../../repo/webapi/libre_translate.js';
import { KafkaEvents, Translations } from '../../usecase/contracts.js';
import { TranslationsUseCase } from '../../usecase/translations/translations.js';
import { ApiRoutes, Config, EventConsumer, View } from '../tokens.js';

/** Translations: who makes them, their history, and the routes to them. */
export const translationsModule = new ContainerModule(({ bind }) => {
  bind(Translator).toDynamicValue((context) => {
    const { URL: url, API_KEY: apiKey, TIMEOUT: timeoutMs } = context.get<AppConfig>(Config).TRANSLATOR;
    return url === undefined ? new Phrasebook() : new LibreTranslate({ url, apiKey, timeoutMs });
  });
  bind<EventConsumer>(EventConsumer).toDynamicValue((context) => () => {
    context.get<KafkaEvents>(KafkaEvents).consumeTranslationEvents();
  });
  bind(TranslationHistory).toDynamicValue(() => new InMemoryTranslationHistory());
  bind<View>(View).toDynamicValue(
    (context) => () => context.get<KafkaEvents>(KafkaEvents).followTranslationEvents(),
  );
  bind(Translations).to(TranslationsUseCase);
  bind<Route[]>(ApiRoutes).toDynamicValue((context) =>
    translationRoutes({
      translations: context.get(Translations),
      publishTimeoutMs: context.get<AppConfig>(Config).HTTP.PUBLISH_TIMEOUT,
    }),
  );
});
