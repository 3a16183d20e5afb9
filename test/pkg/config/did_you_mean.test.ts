import { expect } from 'chai';
import fc from 'fast-check';
import { didYouMean, editDistance } from '../../../pkg/config/did_you_mean.js';

describe('did you mean', () => {
  it('measures the same distance both ways, and none only between equal texts', () => {
    const text = fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', '😀') });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(editDistance(a, b)).to.equal(editDistance(b, a));
        expect(editDistance(a, b) === 0).to.equal(a === b);
        expect(editDistance(a, b)).to.be.at.most(Math.max(Array.from(a).length, Array.from(b).length));
      }),
    );
  });

  it('measures one for one character inserted, removed, replaced or swapped with its neighbour', () => {
    const any = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(any, any, (before, after) => {
        expect(editDistance(`${before}x${after}`, before + after)).to.equal(1);
        expect(editDistance(`${before}\u0001${after}`, `${before}\u0002${after}`)).to.equal(1);
        expect(editDistance(`${before}\u0001\u0002${after}`, `${before}\u0002\u0001${after}`)).to.equal(1);
      }),
    );
  });

  it('proposes the nearest name, and none where nothing is near', () => {
    expect(didYouMean('portt', ['HOST', 'PORT'])).to.equal('PORT');
    expect(didYouMean('COLOUR', ['HOST', 'PORT'])).to.equal(undefined);
    expect(didYouMean('X', [])).to.equal(undefined);
  });
});
