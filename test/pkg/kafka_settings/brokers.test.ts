import { expect } from 'chai';
import fc from 'fast-check';
import { z } from 'zod';
import { brokerListFaults } from '../../../pkg/kafka_settings/brokers.js';
import { brokerList } from '../../../pkg/kafka_settings/index.js';

describe('a list of brokers', () => {
  it('accepts every host and port from 1 to 65535', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.constantFrom('localhost', 'kafka_1', 'a'));
    const address = fc
      .tuple(host, fc.integer({ min: 1, max: 65535 }))
      .map(([name, port]) => `${name}:${port}`);
    fc.assert(
      fc.property(fc.array(address, { minLength: 1, maxLength: 4 }), (list) => {
        expect(brokerListFaults(list)).to.deep.equal([]);
      }),
    );
  });

  it('may be one of the words that it was made for, alone', () => {
    const list = brokerList(['embedded', 'none']);
    expect(list.parse(['none'])).to.deep.equal(['none']);
    const { error } = z.safeParse(list, ['none', 'kafka:9092']);
    expect(error?.issues.map(({ message }) => message)).to.deep.equal([
      'the list mixes "none" with addresses; it stands alone',
    ]);
    expect(z.safeParse(brokerList([]), ['none']).success).to.equal(false);
  });
});
