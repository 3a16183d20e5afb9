import { expect } from 'chai';
import sinon from 'sinon';
import { UnknownGroup } from '../../../pkg/kafka/index.js';
import { runOn } from './run_on.js';

describe('the commands about groups, where brokers list one that they do not describe', () => {
  const sandbox = sinon.createSandbox();
  const admin = {
    listGroups: sandbox.stub(),
    describeGroup: sandbox.stub(),
    groupLag: sandbox.stub(),
  };

  beforeEach(() => {
    sandbox.reset();
    admin.listGroups.resolves(['billing', 'newer']);
    admin.describeGroup.withArgs('billing').resolves({ groupId: 'billing', state: 'Empty', members: [] });
    admin.describeGroup.withArgs('newer').rejects(new UnknownGroup('newer'));
  });

  it('list shows it among the others, and says what that may mean', async () => {
    const { code, stdout, stderr } = await runOn({ admin }, ['groups', 'list']);
    expect([code, stdout]).to.deep.equal([
      0,
      'GROUP    STATE    MEMBERS\nbilling  Empty    0\nnewer    Unknown  ?\n',
    ]);
    expect(stderr).to.match(/newer.*KIP-848.*deleted/);
    const { stdout: json } = await runOn({ admin }, ['groups', 'list', '--json']);
    expect(JSON.parse(json)).to.deep.equal([
      { groupId: 'billing', state: 'Empty', members: [] },
      { groupId: 'newer', state: 'Unknown', members: null },
    ]);
  });

  it('list says nothing of it where there is none', async () => {
    admin.listGroups.resolves(['billing']);
    expect((await runOn({ admin }, ['groups', 'list'])).stderr).to.equal('');
  });

  it('list fails where brokers fail for another reason', async () => {
    admin.describeGroup.withArgs('newer').rejects(new Error('no luck'));
    expect((await runOn({ admin }, ['groups', 'list'])).code).to.equal(1);
  });

  it('lag tells how far it is behind what it has committed', async () => {
    const partition = { topic: 'orders', partition: 0, committed: '1', end: '3', lag: 2 };
    admin.groupLag.withArgs('newer').resolves([partition]);
    const { code, stdout } = await runOn({ admin }, ['groups', 'lag', 'newer']);
    expect(code).to.equal(0);
    expect(stdout).to.match(/newer +orders\[0\] +1 +3 +2\n2 behind in all/);
  });

  it('lag refuses it where it has committed nothing either', async () => {
    admin.groupLag.withArgs('newer').resolves([]);
    const { code, stderr } = await runOn({ admin }, ['groups', 'lag', 'newer']);
    expect([code, stderr]).to.deep.equal([1, `orders: ${new UnknownGroup('newer').message}\n`]);
  });
});
