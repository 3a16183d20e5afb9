import 'reflect-metadata';
import { expect } from 'chai';
import sinon from 'sinon';
import { NotFound } from '../../../internal/entity/errors.js';
import { type TranslationEvents } from '../../../internal/usecase/contracts.js';
import { TranslationsUseCase } from '../../../internal/usecase/translations/translations.js';
import { rejection } from '../../support/caught.js';

const position = { topic: 'translation-events', partition: 1, offset: '7' };

describe('the use case for translations', () => {
  const sandbox = sinon.createSandbox();
  const events = { produceTranslationEvent: sandbox.stub() };
  const history = { apply: sandbox.stub(), find: sandbox.stub(), listOfUser: sandbox.stub() };
  let translations: TranslationsUseCase;

  beforeEach(() => {
    sandbox.reset();
    translations = new TranslationsUseCase(events as unknown as TranslationEvents, history);
  });

  it('records a request and names the translation that it will become', async () => {
    const input = { userId: 'u', source: 'en', target: 'de', original: 'hello' };
    const options = { idempotencyKey: 'k' };
    events.produceTranslationEvent.resolves({ event: { id: 'e-1', aggregateId: 't-1' }, position });
    expect(await translations.request(input, options)).to.deep.equal({
      id: 't-1',
      eventId: 'e-1',
      ...position,
    });
    sinon.assert.calledOnceWithExactly(events.produceTranslationEvent, input, options);
  });

  it('answers questions from the history', async () => {
    history.find.withArgs('t-1').resolves('found');
    history.listOfUser.withArgs('u', { limit: 1 }).resolves({ items: ['found'] });
    expect(await translations.get('t-1')).to.equal('found');
    expect(await translations.listOfUser('u', { limit: 1 })).to.deep.equal({ items: ['found'] });
  });

  it('says that there is no such translation', async () => {
    history.find.resolves(undefined);
    expect((await rejection(translations.get('x'), NotFound)).code).to.equal('TRANSLATION_NOT_FOUND');
  });
});
