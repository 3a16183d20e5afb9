import { expect } from 'chai';
import { expectAnswer, read } from './golden_bytes.js';

// As in flexible_records.test.ts: put together from the protocol's message definitions.
describe('flexible versions of groups and topics, byte by byte', () => {
  it('FindCoordinator 3: one key', () => {
    expect(read(10, 3, '02 67 00 00')).to.deep.equal({ key: 'g', keyType: 0, coordinatorKeys: [] });
    const answer = {
      throttleTimeMs: 0,
      errorCode: 0,
      errorMessage: null,
      nodeId: 1,
      host: 'h',
      port: 9092,
      coordinators: [],
    };
    // throttleTimeMs, errorCode, errorMessage null, nodeId, "h", port, no tags
    expectAnswer(10, 3, { answer, text: '00000000 0000 00 00000001 02 68 00002384 00' });
  });

  it('FindCoordinator 4: several keys', () => {
    // keyType 0, two keys "g" and "k", no tags
    expect(read(10, 4, '00 03 02 67 02 6b 00')).to.deep.equal({
      key: '',
      keyType: 0,
      coordinatorKeys: ['g', 'k'],
    });
    const coordinator = { nodeId: 1, host: 'h', port: 9092, errorCode: 0, errorMessage: null };
    const answer = {
      throttleTimeMs: 0,
      errorCode: 0,
      errorMessage: null,
      nodeId: 1,
      host: 'h',
      port: 9092,
      coordinators: [{ key: 'g', ...coordinator }],
    };
    const text = `
      00000000                 # throttleTimeMs
      02 02 67                 # one coordinator, of "g"
      00000001 02 68 00002384  # nodeId, "h", port
      0000 00 00               # errorCode, errorMessage null, no tags
      00                       # no tags`;
    expectAnswer(10, 4, { answer, text });
  });

  it('JoinGroup 6: static member; members for the leader', () => {
    const request = `
      02 67                    # groupId "g"
      00007530 0000ea60        # sessionTimeoutMs 30000, rebalanceTimeoutMs 60000
      01                       # memberId ""
      02 69                    # groupInstanceId "i"
      02 63                    # protocolType "c"
      02 02 72 03 0102 00      # one protocol: "r", two bytes of metadata, no tags
      00                       # no tags`;
    expect(read(11, 6, request)).to.deep.equal({
      groupId: 'g',
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 60_000,
      memberId: '',
      groupInstanceId: 'i',
      protocolType: 'c',
      protocols: [{ name: 'r', metadata: Buffer.from([1, 2]) }],
    });
    const answer = {
      throttleTimeMs: 0,
      errorCode: 0,
      generationId: 1,
      protocolName: 'r',
      leader: 'm',
      memberId: 'm',
      members: [{ memberId: 'm', groupInstanceId: null, metadata: Buffer.from([1, 2]) }],
    };
    const text = `
      00000000 0000 00000001   # throttleTimeMs, errorCode, generationId
      02 72 02 6d 02 6d        # protocolName "r", leader "m", memberId "m"
      02 02 6d 00 03 0102 00   # one member: "m", not static, two bytes of metadata, no tags
      00                       # no tags`;
    expectAnswer(11, 6, { answer, text });
  });

  it('OffsetFetch 8: several groups, all topics of one', () => {
    const request = `
      03                            # two groups
      02 67 02 02 74 02 00000005 00 # "g": one topic "t", partition 5, no tags
      00                            # no tags of the group
      02 68 00 00                   # "h": all topics, no tags
      01                            # requireStable
      00                            # no tags`;
    expect(read(9, 8, request)).to.deep.equal({
      groupId: '',
      topics: null,
      groups: [
        { groupId: 'g', topics: [{ name: 't', partitions: [5] }] },
        { groupId: 'h', topics: null },
      ],
      requireStable: true,
    });
    const partition = { partition: 5, offset: 7n, leaderEpoch: -1, metadata: 'n', errorCode: 0 };
    const answer = {
      throttleTimeMs: 0,
      topics: [],
      errorCode: 0,
      groups: [{ groupId: 'g', topics: [{ name: 't', partitions: [partition] }], errorCode: 0 }],
    };
    const text = `
      00000000                              # throttleTimeMs
      02 02 67 02 02 74                     # one group "g", one topic "t"
      02 00000005 0000000000000007          # one partition: 5, offset 7
      ffffffff 02 6e 0000 00                # leaderEpoch -1, metadata "n", errorCode, no tags
      00 0000 00                            # no tags of the topic, the group's errorCode, no tags
      00                                    # no tags`;
    expectAnswer(9, 8, { answer, text });
  });

  it('CreateTopics 7: the answer tells the topic id and the settings', () => {
    const request = `
      02 02 74 ffffffff ffff        # one topic: "t", default partitions and replicas
      01                            # no assignments
      02 02 6b 02 76 00             # one config: "k" = "v", no tags
      00                            # no tags of the topic
      000003e8 01 00                # timeoutMs, validateOnly, no tags`;
    expect(read(19, 7, request)).to.deep.equal({
      topics: [
        {
          name: 't',
          numPartitions: -1,
          replicationFactor: -1,
          assignments: [],
          configs: [{ name: 'k', value: 'v' }],
        },
      ],
      timeoutMs: 1000,
      validateOnly: true,
    });
    const answer = {
      throttleTimeMs: 0,
      topics: [
        {
          name: 't',
          topicId: '00112233-4455-6677-8899-aabbccddeeff',
          errorCode: 0,
          errorMessage: null,
          numPartitions: 3,
          replicationFactor: 1,
          configs: [{ name: 'k', value: 'v', readOnly: false, configSource: 1, isSensitive: false }],
        },
      ],
    };
    const text = `
      00000000 02 02 74                     # throttleTimeMs, one topic "t"
      00112233445566778899aabbccddeeff      # topicId
      0000 00 00000003 0001                 # errorCode, errorMessage null, partitions, replicas
      02 02 6b 02 76 00 01 00 00            # one config: "k", "v", not read-only, source 1, not sensitive, no tags
      00 00                                 # no tags of the topic, none of the answer`;
    expectAnswer(19, 7, { answer, text });
  });
});
