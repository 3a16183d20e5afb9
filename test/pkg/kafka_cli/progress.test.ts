import { expect } from 'chai';
import sinon from 'sinon';
import { Progress } from '../../../pkg/kafka_cli/progress.js';

describe('the progress of a command', () => {
  const sandbox = sinon.createSandbox();
  let clock: sinon.SinonFakeTimers;
  let told: string[];
  let progress: Progress;

  beforeEach(() => {
    clock = sandbox.useFakeTimers();
    told = [];
    progress = new Progress('sent', { write: (text) => told.push(text) });
  });

  afterEach(() => {
    progress.end();
    sandbox.restore();
  });

  it('is told once a second, and not of what is done sooner', () => {
    progress.add();
    clock.tick(999);
    expect(told).to.deep.equal([]);
    progress.add(1_233);
    clock.tick(1);
    expect(told).to.deep.equal(['sent: 1,234 …\n']);
    clock.tick(1_000);
    expect([told.length, progress.total]).to.deep.equal([2, 1_234]);
  });

  it('is told no more once it has ended', () => {
    progress.end();
    clock.tick(5_000);
    expect(told).to.deep.equal([]);
  });
});
