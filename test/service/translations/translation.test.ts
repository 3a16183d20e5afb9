import { expect } from 'chai';
import { applyTranslationEvent, type Translation } from '../../../internal/entity/translation.js';
import { type TranslationEvent } from '../../../internal/entity/translation_event.js';

const envelope = {
  source: 's',
  version: '1.0',
  aggregateId: 't',
  userId: 'u',
  metadata: { correlationId: 'c' },
};
const at = (second: number) => `2025-10-09T12:00:0${second}.000Z`;
const data = { source: 'en', target: 'de', original: 'hello' };
const requested: TranslationEvent = {
  ...envelope,
  id: 'e-1',
  type: 'translation.requested',
  timestamp: at(1),
  data,
};
const completed: TranslationEvent = {
  ...envelope,
  id: 'e-2',
  type: 'translation.completed',
  timestamp: at(2),
  data: { ...data, translated: 'hallo' },
};
const asked: Translation = { id: 't', userId: 'u', ...data, status: 'requested', requestedAt: at(1) };

describe('a translation', () => {
  it('is requested, then completed', () => {
    const translation = applyTranslationEvent(undefined, requested);
    expect(translation).to.deep.equal(asked);
    expect(applyTranslationEvent(translation, completed)).to.deep.equal({
      ...asked,
      status: 'completed',
      translated: 'hallo',
      completedAt: at(2),
    });
  });

  it('stays as it was completed, whatever is said of it later', () => {
    const done = applyTranslationEvent(applyTranslationEvent(undefined, requested), completed);
    expect(applyTranslationEvent(done, requested)).to.equal(done);
    expect(applyTranslationEvent(done, { ...completed, timestamp: at(9) })).to.equal(done);
  });

  it('is complete when nothing but its completion is known', () => {
    expect(applyTranslationEvent(undefined, completed)).to.include({
      status: 'completed',
      original: 'hello',
    });
  });

  it('is left as it is by an event that says nothing of the text', () => {
    const other = { ...requested, type: 'translation.praised', data: {} } as unknown as TranslationEvent;
    expect(applyTranslationEvent(asked, other)).to.equal(asked);
    expect(applyTranslationEvent(undefined, other)).to.equal(undefined);
  });
});
