import { expect } from 'chai';
import fc from 'fast-check';
import { subscribedTopics } from '../../../../pkg/devbroker/group/subscription.js';
import { consumerMetadata } from './consumer_metadata.js';

describe('group coordinator: subscription metadata', () => {
  it('yields the topics of any subscription, whatever follows them', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.uint8Array(), (topics, rest) => {
        const metadata = Buffer.concat([consumerMetadata(...topics), rest]);
        expect(subscribedTopics(metadata)).to.deep.equal(
          topics.map((topic) => Buffer.from(topic).toString()),
        );
      }),
    );
  });

  it('knows nothing of a subscription that is cut off anywhere before its last topic ends', () => {
    const metadata = consumerMetadata('orders', 'users');
    const userData = 4;
    for (let length = 0; length < metadata.length - userData; length++) {
      expect(subscribedTopics(metadata.subarray(0, length)), `${length} bytes`).to.equal(null);
    }
    expect(subscribedTopics(metadata.subarray(0, -userData))).to.deep.equal(['orders', 'users']);
  });

  it('knows nothing when lengths are negative, and never throws', () => {
    expect(subscribedTopics(Buffer.from('0000ffffffff', 'hex'))).to.equal(null);
    expect(subscribedTopics(Buffer.from('000000000001ffff', 'hex'))).to.equal(null);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(subscribedTopics(Buffer.from(bytes))).to.satisfy(
          (t: unknown) => t === null || Array.isArray(t),
        );
      }),
    );
  });
});
