import { type TranslationEvent } from '../../entity/translation_event.js';
import { type AnswerTranslation } from '../../usecase/contracts.js';
import { reactTo } from './reactions.js';

export interface TranslationUseCases {
  answerTranslation: AnswerTranslation;
}

/** What is done after the events of translations; each event may come more than once. */
export const translationReactions = (useCases: TranslationUseCases) =>
  reactTo<TranslationEvent>({
    'translation.requested': [(event, context) => useCases.answerTranslation.execute(event, context)],
  });
