import { expect } from 'chai';
import { z } from 'zod';
import { defineEvent, InvalidEvent } from '../../../pkg/events/index.js';
import { caught } from '../../support/caught.js';

const attributes = z.object({ householdId: z.string().optional(), userId: z.string().optional() });
const ordered = defineEvent({
  domain: 'shop',
  type: 'item.ordered',
  version: '1.2',
  description: 'An item was ordered.',
  aggregateType: 'Order',
  attributes,
  data: z.object({ sku: z.string(), quantity: z.int().positive().default(1) }),
});

const valid = {
  id: '0192f0c1-5b7e-7c3a-9d2e-3f4a5b6c7d8e',
  type: 'item.ordered',
  source: 'shop-service',
  version: '1.2',
  timestamp: '2025-10-09T12:00:00.000Z',
  aggregateType: 'Order',
  aggregateId: 'order-1',
  userId: 'user-1',
  data: { sku: 'A-1' },
  metadata: { correlationId: 'request-1' },
};

describe('an event definition', () => {
  it('returns a valid event with its defaults filled in', () => {
    expect(ordered.parse(valid)).to.deep.equal({ ...valid, data: { sku: 'A-1', quantity: 1 } });
  });

  it('keeps metadata that it does not know', () => {
    const metadata = { correlationId: 'request-1', tenant: 'acme' };
    expect(ordered.parse({ ...valid, metadata }).metadata).to.deep.equal(metadata);
  });

  it('names every field at fault at once', () => {
    const wrong = { ...valid, id: 'one', timestamp: 'noon', data: { sku: 7, quantity: 0 }, userId: 3 };
    const error = caught(() => ordered.parse(wrong), InvalidEvent);
    expect(error.problems.map((problem) => problem.split(':')[0])).to.have.members([
      'id',
      'timestamp',
      'data.sku',
      'data.quantity',
      'userId',
    ]);
  });

  it('accepts ids of 1 to 256 characters and no others', () => {
    for (const length of [1, 256]) ordered.parse({ ...valid, aggregateId: 'x'.repeat(length) });
    for (const length of [0, 257]) {
      expect(() => ordered.parse({ ...valid, aggregateId: 'x'.repeat(length) })).to.throw(/aggregateId/);
    }
  });

  it('refuses a version that is not MAJOR.MINOR', () => {
    const spec = {
      domain: 'd',
      type: 't',
      description: '',
      aggregateType: 'A',
      attributes,
      data: z.object({}),
    };
    expect(() => defineEvent({ ...spec, version: '1.0.0' })).to.throw(RangeError, /MAJOR\.MINOR/);
  });
});
