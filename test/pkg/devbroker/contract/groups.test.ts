import { expect } from 'chai';
import { ErrorCode } from '../../../../pkg/devbroker/wire/errors.js';
import { uniqueName } from '../../../support/broker.js';
import { eventually } from '../../../support/eventually.js';
import { RawGroup } from './raw_group.js';
import { Administrator } from './administrator.js';
import { Key } from '../net/requests.js';

interface Description {
  errorCode: number;
  groupId: string;
  groupState: string;
  protocolType: string;
  protocolData: string;
  members: {
    memberId: string;
    groupInstanceId: string | null;
    clientId: string;
    clientHost: string;
    memberMetadata: Buffer;
    memberAssignment: Buffer;
  }[];
}

describe('groups, in the protocol', function () {
  this.timeout(30_000);
  let admin: Administrator;
  let member: Administrator;
  let topic: string;

  before(async () => {
    admin = await Administrator.connect();
    member = await Administrator.connect();
    topic = await admin.topic({ numPartitions: 2 });
    await admin.untilCoordinated();
  });

  after(() => {
    admin.close();
    member.close();
  });

  async function describeGroup(groupId: string): Promise<Description> {
    const request = { groups: [groupId], includeAuthorizedOperations: false };
    const { groups } = (await admin.client.ask(Key.DescribeGroups, 5, request)) as { groups: Description[] };
    return groups[0]!;
  }

  async function listGroups(statesFilter: string[] = []) {
    const answer = (await admin.client.ask(Key.ListGroups, 4, { statesFilter })) as {
      groups: { groupId: string; protocolType: string; groupState: string }[];
    };
    return answer.groups;
  }

  async function deleteGroup(groupId: string): Promise<number> {
    const answer = (await admin.client.ask(Key.DeleteGroups, 2, { groupsNames: [groupId] })) as {
      results: { groupId: string; errorCode: number }[];
    };
    return answer.results[0]!.errorCode;
  }

  it('are described with their members, what these asked for and what they got', async () => {
    const group = await RawGroup.join(member.client, topic);
    const description = await describeGroup(group.id);
    expect(description).to.deep.include({
      errorCode: 0,
      groupId: group.id,
      groupState: 'Stable',
      protocolType: 'consumer',
      protocolData: 'range',
    });
    expect(description.members).to.have.length(1);
    expect(description.members[0]).to.deep.include({
      memberId: group.memberId,
      groupInstanceId: null,
      clientId: 'raw',
      memberMetadata: group.subscription,
      memberAssignment: group.assignment,
    });
    expect(description.members[0]?.clientHost).to.match(/^\/(127\.0\.0\.1|::1)$/);
    await group.leave();
    expect(await describeGroup(group.id)).to.include({ groupState: 'Empty', protocolType: 'consumer' });
  });

  it('are Dead when they do not exist, which is no error', async () => {
    expect(await describeGroup(uniqueName('none'))).to.deep.include({
      errorCode: 0,
      groupState: 'Dead',
      protocolType: '',
      protocolData: '',
      members: [],
    });
  });

  it('are listed, on request those in some states only', async () => {
    const group = await RawGroup.join(member.client, topic);
    const listed = { groupId: group.id, protocolType: 'consumer', groupState: 'Stable' };
    expect(await listGroups()).to.deep.include(listed);
    expect(await listGroups(['Stable', 'Empty'])).to.deep.include(listed);
    expect((await listGroups(['Empty'])).map(({ groupId }) => groupId)).not.to.include(group.id);
    await group.leave();
    expect(await listGroups(['empty'])).to.deep.include({ ...listed, groupState: 'Empty' });
  });

  it('that were only committed to are Empty and of no protocol', async () => {
    const groupId = uniqueName('committed');
    expect(await admin.commit(groupId, topic, 1n)).to.equal(0);
    expect(await listGroups()).to.deep.include({ groupId, protocolType: '', groupState: 'Empty' });
  });

  it('are deleted with their offsets when they have no members, and not before', async () => {
    const group = await RawGroup.join(member.client, topic);
    expect(await group.commit(topic, 1n)).to.equal(0);
    expect(await deleteGroup(group.id)).to.equal(ErrorCode.NON_EMPTY_GROUP);
    await group.leave();
    expect(await deleteGroup(group.id)).to.equal(0);
    expect(await admin.committed(group.id, topic)).to.equal(-1n);
    expect(await deleteGroup(group.id)).to.equal(ErrorCode.GROUP_ID_NOT_FOUND);
    await eventually(async () => (await describeGroup(group.id)).groupState === 'Dead');
  });

  it('forget offsets of topics that they do not read', async () => {
    const group = await RawGroup.join(member.client, topic);
    expect(await group.commit(topic, 1n)).to.equal(0);
    expect(await admin.forgetOffset(group.id, topic)).to.deep.equal({
      errorCode: 0,
      partitions: [ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC],
    });
    expect(await admin.committed(group.id, topic)).to.equal(1n);
    await group.leave();
    expect(await admin.forgetOffset(group.id, topic)).to.deep.equal({ errorCode: 0, partitions: [0] });
    expect(await admin.committed(group.id, topic)).to.equal(-1n);
  });

  it('cannot forget offsets of topics that do not exist, or when they do not exist themselves', async () => {
    const groupId = uniqueName('forgetful');
    const none = await admin.forgetOffset(groupId, topic);
    expect(none.errorCode).to.equal(ErrorCode.GROUP_ID_NOT_FOUND);
    await admin.commit(groupId, topic, 1n);
    expect(await admin.forgetOffset(groupId, uniqueName('none'))).to.deep.equal({
      errorCode: 0,
      partitions: [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    });
  });
});
