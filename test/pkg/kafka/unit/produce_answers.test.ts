import { expect } from 'chai';
import { outcomeOf } from '../../../../pkg/kafka/kafkajs/outcomes.js';

describe('kafkajs: what an answer to a batch means', () => {
  const kindOf = (errorCode: number) =>
    outcomeOf({ topic: 't', partition: 0, errorCode, baseOffset: -1n }).kind;

  it('may be stored: the leader changed, a disk was lost or replicas were missing, perhaps after the append', () => {
    const [notLeader, timedOut, tooFewAfterAppend, storage] = [6, 7, 20, 56];
    const kinds = [notLeader, timedOut, tooFewAfterAppend, storage].map(kindOf);
    expect(kinds).to.deep.equal(['unknown', 'unknown', 'unknown', 'unknown']);
    expect(outcomeOf(undefined).kind).to.equal('unknown');
  });

  it('is not stored and may be later: no leader yet, too few replicas before the append', () => {
    const [noLeader, tooFew] = [5, 19];
    expect([noLeader, tooFew].map(kindOf)).to.deep.equal(['retry', 'retry']);
  });

  it('is stored, also when it came before', () => {
    const [none, duplicate] = [0, 46];
    expect([none, duplicate].map(kindOf)).to.deep.equal(['stored', 'stored']);
  });

  it('is not stored and never will be: too large, not allowed', () => {
    const [tooLarge, notAllowed] = [10, 29];
    expect([tooLarge, notAllowed].map(kindOf)).to.deep.equal(['refused', 'refused']);
  });

  it('shows that the broker lost track of the producer', () => {
    const [outOfOrder, unknownProducer] = [45, 59];
    expect([outOfOrder, unknownProducer].map(kindOf)).to.deep.equal(['stale', 'stale']);
  });
});
