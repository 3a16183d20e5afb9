import { expect } from 'chai';
import fc from 'fast-check';
import { z } from 'zod';
import {
  decodeEvent,
  defineEvent,
  encodeEvent,
  type EventDefinition,
  type EventOf,
  InvalidEvent,
  newEventId,
  reactionId,
  UndecodableEvent,
  UnknownEventType,
} from '../../../pkg/events/index.js';
import { caught } from '../../support/caught.js';

const attributes = z.object({ householdId: z.string().optional(), userId: z.string().optional() });
const noted = defineEvent({
  domain: 'notes',
  type: 'note.taken',
  version: '2.1',
  description: 'A note was taken.',
  aggregateType: 'Note',
  attributes,
  data: z.object({ text: z.string() }),
});
const dropped = defineEvent({
  domain: 'notes',
  type: 'note.dropped',
  version: '1.0',
  description: 'A note was dropped.',
  aggregateType: 'Note',
  attributes,
  data: z.object({}),
});

function note(fields: Partial<EventOf<typeof noted>> = {}): EventOf<typeof noted> {
  return noted.parse({
    id: newEventId(),
    type: 'note.taken',
    source: 'test',
    version: '2.1',
    timestamp: new Date().toISOString(),
    data: { text: 'hello' },
    metadata: { correlationId: 'request-1' },
    ...fields,
  });
}

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('the event codec', () => {
  it('reads back what it wrote, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ minLength: 1, maxLength: 256 }),
        (text, aggregateId) => {
          const event = note({ data: { text }, aggregateId });
          const { value } = encodeEvent(noted, event);
          const { event: read, definition } = decodeEvent([dropped, noted], Buffer.from(value));
          expect(definition).to.equal(noted);
          // JSON text is well-formed Unicode: a lone surrogate is the one thing that it cannot carry.
          expect(read).to.deep.equal(JSON.parse(value));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('repeats in headers what routing needs', () => {
    const event = note({ metadata: { correlationId: 'request-1', causationId: 'cause-1' } });
    expect(encodeEvent(noted, event).headers).to.deep.equal({
      'event-id': event.id,
      'event-type': 'note.taken',
      'event-source': 'test',
      'event-version': '2.1',
      'correlation-id': 'request-1',
      'causation-id': 'cause-1',
      'content-type': 'application/json',
    });
  });

  it('leaves the causation header out where there is no cause', () => {
    expect(encodeEvent(noted, note()).headers).not.to.have.property('causation-id');
  });

  it('keys by aggregate id, else household, else user, else event id', () => {
    const ids = { aggregateId: 'note-1', householdId: 'household-1', userId: 'user-1' };
    expect(encodeEvent(noted, note(ids)).key).to.equal('note-1');
    expect(encodeEvent(noted, note({ householdId: 'household-1', userId: 'user-1' })).key).to.equal(
      'household-1',
    );
    expect(encodeEvent(noted, note({ userId: 'user-1' })).key).to.equal('user-1');
    const event = note();
    expect(encodeEvent(noted, event).key).to.equal(event.id);
  });

  it('reads a newer minor version and drops the fields that it does not know', () => {
    const newer = { ...note(), version: '2.9', data: { text: 'hello', colour: 'red' } };
    expect(decodeEvent([noted], bytes(newer)).event.data).to.deep.equal({ text: 'hello' });
  });

  it('refuses another major version', () => {
    const other = bytes({ ...note(), version: '3.0' });
    expect(caught(() => decodeEvent([noted], other), UndecodableEvent).message).to.match(/"3\.0".*2\.1/);
  });

  it('names the known types when it meets an unknown one', () => {
    const unknown = bytes({ ...note(), type: 'note.burnt' });
    const error = caught(() => decodeEvent([noted, dropped], unknown), UnknownEventType);
    expect(error.message).to.include('"note.burnt"').and.include('note.taken, note.dropped');
  });

  it('refuses an event whose data does not satisfy its definition', () => {
    const wrong = bytes({ ...note(), data: { text: 1 } });
    expect(caught(() => decodeEvent([noted], wrong), InvalidEvent).message).to.include('data.text');
  });

  for (const [what, value] of [
    ['a tombstone', null],
    ['no JSON', Buffer.from('{"id":')],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00])],
    ['JSON that is no object', bytes([1, 2])],
    ['JSON null', bytes(null)],
    ['an object without type and version', bytes({ id: 'x' })],
  ] as const) {
    it(`says that ${what} is not an event`, () => {
      const definitions: EventDefinition[] = [noted];
      caught(() => decodeEvent(definitions, value), UndecodableEvent);
    });
  }
});

describe('event ids', () => {
  it('sort by the time they were made', () => {
    const ids = Array.from({ length: 1000 }, newEventId);
    expect([...ids].sort()).to.deep.equal(ids);
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it('of the same reaction to the same cause are the same, and differ otherwise', () => {
    const [cause, other] = [newEventId(), newEventId()];
    expect(reactionId(cause, 'a')).to.equal(reactionId(cause, 'a'));
    expect(new Set([reactionId(cause, 'a'), reactionId(cause, 'b'), reactionId(other, 'a')]).size).to.equal(
      3,
    );
  });
});
