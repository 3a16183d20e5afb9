import 'reflect-metadata';
import sinon from 'sinon';
import { translationEvents, translationRequested } from '../../../internal/entity/translation_event.js';
import { type IdGenerator } from '../../../internal/repo/contracts.js';
import { TranslationEventsUseCase } from '../../../internal/usecase/translations/translation_events.js';
import { type EventDefinition } from '../../../pkg/events/index.js';

const { signal } = new AbortController();

describe('the use case for translation events', () => {
  // Of their own, since a restore of sinon's default sandbox elsewhere would forget these.
  const sandbox = sinon.createSandbox();
  const events = {
    publish: sandbox.stub(),
    subscribe: sandbox.stub(),
    follow: sandbox.stub(),
    following: sandbox.stub(),
  };
  const history = { apply: sandbox.stub(), find: sandbox.stub(), listOfUser: sandbox.stub() };
  const ids: IdGenerator = { next: () => 'id-1', derived: (name) => `id of ${name}` };
  let useCase: TranslationEventsUseCase;

  beforeEach(() => {
    sandbox.reset();
    events.publish.resolves({});
    events.follow.resolves();
    useCase = new TranslationEventsUseCase(events, ids, history);
  });

  /** The handler that follows `definitions`. */
  function followed(definitions: readonly EventDefinition[]): (event: unknown) => Promise<void> {
    sinon.assert.calledOnceWithMatch(events.follow, definitions);
    return events.follow.firstCall.args[1] as (event: unknown) => Promise<void>;
  }

  it('makes a repeated request under the same key the same event, and the same translation', async () => {
    const options = { idempotencyKey: 'key-1', signal };
    await useCase.produceTranslationEvent({ source: 'en', target: 'de', original: 'hello' }, options);
    const id = 'id of key-1';
    sinon.assert.calledWithMatch(events.publish, translationRequested, { aggregateId: id }, { id, signal });
  });

  it('publishes a requested translation under an id of its own', async () => {
    await useCase.produceTranslationEvent({
      userId: 'user-1',
      source: 'en',
      target: 'de',
      original: 'hello',
    });
    const data = { source: 'en', target: 'de', original: 'hello' };
    sinon.assert.calledOnceWithMatch(
      events.publish,
      translationRequested,
      { aggregateId: 'id-1', userId: 'user-1', data },
      { id: 'id-1' },
    );
  });

  it('keeps the translation history by the translation events', async () => {
    await useCase.consumeTranslationEvents();
    const event = { id: 'event-1' };
    await followed(translationEvents)(event);
    sinon.assert.calledOnceWithExactly(history.apply, event);
  });
});
