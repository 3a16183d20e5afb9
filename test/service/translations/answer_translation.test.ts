import 'reflect-metadata';
import { expect } from 'chai';
import sinon from 'sinon';
import { translationReactions } from '../../../internal/controller/event/translations.js';
import { translationCompleted, type TranslationEvent } from '../../../internal/entity/translation_event.js';
import { type AnswerTranslation, type RequestedTranslation } from '../../../internal/usecase/contracts.js';
import { AnswerTranslationUseCase } from '../../../internal/usecase/translations/answer_translation.js';
import { rejection } from '../../support/caught.js';

const request: RequestedTranslation = {
  id: '0192f0c1-5b7e-7c3a-9d2e-3f4a5b6c7d8e',
  type: 'translation.requested',
  source: 'test',
  version: '1.0',
  timestamp: '2025-10-09T12:00:00.000Z',
  aggregateId: 'translation-1',
  userId: 'user-1',
  data: { source: 'en', target: 'de', original: 'hello' },
  metadata: { correlationId: 'request-1' },
};
const context = { signal: new AbortController().signal };

describe('the use case: answer translation', () => {
  const sandbox = sinon.createSandbox();
  const events = {
    publish: sandbox.stub(),
    subscribe: sandbox.stub(),
    follow: sandbox.stub(),
    following: sandbox.stub(),
  };
  const translator = { translate: sandbox.stub() };
  let useCase: AnswerTranslationUseCase;

  beforeEach(() => {
    sandbox.reset();
    events.publish.resolves({});
    useCase = new AnswerTranslationUseCase(events, translator);
  });

  it('answers a requested translation with a completed one that names its cause', async () => {
    translator.translate.resolves('hallo');
    await useCase.execute(request, context);
    sinon.assert.calledOnceWithExactly(translator.translate, 'hello', request.data, context);
    const draft = {
      aggregateId: 'translation-1',
      userId: 'user-1',
      data: { ...request.data, translated: 'hallo' },
    };
    const options = { causedBy: request, ...context };
    sinon.assert.calledOnceWithExactly(events.publish, translationCompleted, draft, options);
  });

  it('answers a request without an aggregate id under its own id, by which it is known', async () => {
    translator.translate.resolves('hallo');
    await useCase.execute({ ...request, aggregateId: undefined }, context);
    const draft = sinon.match({ aggregateId: request.id });
    sinon.assert.calledOnceWithExactly(events.publish, translationCompleted, draft, sinon.match.any);
  });

  it('fails the message, so that it is tried again, when the translator fails', async () => {
    const failure = new Error('translator is down');
    translator.translate.rejects(failure);
    expect(await rejection(useCase.execute(request, context), Error)).to.equal(failure);
    sinon.assert.notCalled(events.publish);
  });

  it('is done after translation.requested, and not after its own answer, or it would never end', async () => {
    const execute = sinon.stub<Parameters<AnswerTranslation['execute']>>().resolves();
    // Whatever else is done after them.
    const others = { execute: async () => undefined };
    const useCases = new Proxy({} as Parameters<typeof translationReactions>[0], {
      get: (_target, called) => (called === 'answerTranslation' ? { execute } : others),
    });
    const react = translationReactions(useCases);
    await react(request, context);
    const completed: TranslationEvent = {
      ...request,
      type: 'translation.completed',
      data: { ...request.data, translated: 'hallo' },
    };
    await react(completed, context);
    sinon.assert.calledOnceWithExactly(execute, request, context);
  });
});
