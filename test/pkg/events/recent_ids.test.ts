import { expect } from 'chai';
import { RecentIds } from '../../../pkg/events/index.js';

describe('recent ids', () => {
  it('are recognised, the last so many, and older ones forgotten', () => {
    const recent = new RecentIds(2);
    for (const id of ['a', 'b', 'a', 'c']) recent.add(id);
    expect(['a', 'b', 'c'].map((id) => recent.has(id))).to.deep.equal([false, true, true]);
  });
});
