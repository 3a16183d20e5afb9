import { expect } from 'chai';
import { expectAnswer, read } from './golden_bytes.js';

// kafkajs knows no flexible versions (KIP-482): these bytes were put together from the protocol's message
// definitions. Compact lengths are one more than what they count; 00 there is null, 00 at a struct's end its tags.
describe('flexible versions, byte by byte', () => {
  it('ApiVersions 3: the client names itself; the answer lists the APIs', () => {
    const request = `
      05 6e6f6465  # clientSoftwareName "node"
      04 312e30    # clientSoftwareVersion "1.0"
      00           # no tags`;
    expect(read(18, 3, request)).to.deep.equal({ clientSoftwareName: 'node', clientSoftwareVersion: '1.0' });
    const answer = {
      errorCode: 0,
      apiKeys: [
        { apiKey: 0, minVersion: 3, maxVersion: 9 },
        { apiKey: 18, minVersion: 0, maxVersion: 3 },
      ],
      throttleTimeMs: 0,
    };
    const text = `
      0000                 # errorCode
      03                   # two apiKeys
      0000 0003 0009 00    # Produce 3 to 9, no tags
      0012 0000 0003 00    # ApiVersions 0 to 3, no tags
      00000000             # throttleTimeMs
      00                   # no tags`;
    expectAnswer(18, 3, { answer, text });
  });

  it('skips tagged fields that it does not know', () => {
    const request = `
      05 6e6f6465     # clientSoftwareName
      04 312e30       # clientSoftwareVersion
      02              # two tags
      00 03 aabbcc    # tag 0 of three bytes
      8101 00         # tag 129 of none`;
    expect(read(18, 3, request)).to.deep.equal({ clientSoftwareName: 'node', clientSoftwareVersion: '1.0' });
  });

  it('Metadata 9: topics by name, or null for all; leaders with their epochs', () => {
    const request = `
      02              # one topic
      02 74 00        # "t", no tags
      00              # allowAutoTopicCreation
      01              # includeClusterAuthorizedOperations
      00              # includeTopicAuthorizedOperations
      00              # no tags`;
    expect(read(3, 9, request)).to.deep.equal({
      topics: [{ name: 't' }],
      allowAutoTopicCreation: false,
      includeClusterAuthorizedOperations: true,
      includeTopicAuthorizedOperations: false,
    });
    expect(read(3, 9, '00 01 00 00 00')).to.deep.include({ topics: null, allowAutoTopicCreation: true });
    const answer = {
      throttleTimeMs: 0,
      brokers: [{ nodeId: 1, host: 'h', port: 9092, rack: null }],
      clusterId: 'c',
      controllerId: 1,
      topics: [
        {
          errorCode: 0,
          name: 't',
          isInternal: false,
          partitions: [
            {
              errorCode: 0,
              partitionIndex: 0,
              leaderId: 1,
              leaderEpoch: 5,
              replicaNodes: [1],
              isrNodes: [1],
              offlineReplicas: [],
            },
          ],
          topicAuthorizedOperations: -(2 ** 31),
        },
      ],
      clusterAuthorizedOperations: -(2 ** 31),
    };
    const text = `
      00000000                          # throttleTimeMs
      02 00000001 02 68 00002384 00 00  # one broker: 1, "h", 9092, rack null, no tags
      02 63                             # clusterId "c"
      00000001                          # controllerId
      02                                # one topic
      0000 02 74 00                     # errorCode, "t", not internal
      02                                # one partition
      0000 00000000 00000001 00000005   # errorCode, index, leader, leaderEpoch
      02 00000001 02 00000001 01 00     # replicas [1], in sync [1], offline [], no tags
      80000000 00                       # topicAuthorizedOperations, no tags
      80000000 00                       # clusterAuthorizedOperations, no tags`;
    expectAnswer(3, 9, { answer, text });
  });

  it('Produce 9: record batches as compact bytes; errors with messages', () => {
    const request = `
      00                    # transactionalId null
      ffff                  # acks all
      000003e8              # timeoutMs
      02 02 74              # one topic, "t"
      02 00000003           # one partition, index 3
      05 deadbeef 00        # four bytes of records, no tags
      00 00                 # no tags of the topic, none of the request`;
    expect(read(0, 9, request)).to.deep.equal({
      transactionalId: null,
      acks: -1,
      timeoutMs: 1000,
      topics: [{ name: 't', partitions: [{ index: 3, records: Buffer.from('deadbeef', 'hex') }] }],
    });
    const answer = {
      topics: [
        {
          name: 't',
          partitions: [
            {
              index: 3,
              errorCode: 87,
              baseOffset: -1n,
              logAppendTimeMs: -1n,
              logStartOffset: 2n,
              recordErrors: [{ batchIndex: 1, message: null }],
              errorMessage: 'no',
            },
          ],
        },
      ],
      throttleTimeMs: 0,
    };
    const text = `
      02 02 74                 # one topic, "t"
      02 00000003 0057         # one partition, index 3, errorCode 87
      ffffffffffffffff         # baseOffset -1
      ffffffffffffffff         # logAppendTimeMs -1
      0000000000000002         # logStartOffset
      02 00000001 00 00        # one recordError: record 1, message null, no tags
      03 6e6f                  # errorMessage "no"
      00 00                    # no tags of the partition, none of the topic
      00000000 00              # throttleTimeMs, no tags`;
    expectAnswer(0, 9, { answer, text });
  });

  it('Fetch 12: leader epochs asked; records of several chunks are one field', () => {
    const request = `
      ffffffff                          # replicaId -1
      000001f4 00000001 00100000        # maxWaitMs 500, minBytes 1, maxBytes 1 MiB
      01                                # isolationLevel: committed only
      00000000 ffffffff                 # sessionId 0, sessionEpoch -1
      02 02 74                          # one topic, "t"
      02 00000000 00000004              # one partition: 0, currentLeaderEpoch 4
      000000000000002a 00000003         # fetchOffset 42, lastFetchedEpoch 3
      ffffffffffffffff 00010000 00      # logStartOffset -1, partitionMaxBytes 64 KiB, no tags
      00                                # no tags of the topic
      02 02 75 02 00000007 00           # forgotten: "u" [7], no tags
      02 72                             # rackId "r"
      00                                # no tags`;
    expect(read(1, 12, request)).to.deep.equal({
      replicaId: -1,
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: 1_048_576,
      isolationLevel: 1,
      sessionId: 0,
      sessionEpoch: -1,
      topics: [
        {
          name: 't',
          partitions: [
            {
              partition: 0,
              currentLeaderEpoch: 4,
              fetchOffset: 42n,
              lastFetchedEpoch: 3,
              logStartOffset: -1n,
              partitionMaxBytes: 65_536,
            },
          ],
        },
      ],
      forgottenTopics: [{ name: 'u', partitions: [7] }],
      rackId: 'r',
    });
    const answer = {
      throttleTimeMs: 0,
      errorCode: 0,
      sessionId: 0,
      topics: [
        {
          name: 't',
          partitions: [
            {
              partition: 0,
              errorCode: 0,
              highWatermark: 9n,
              lastStableOffset: 9n,
              logStartOffset: 1n,
              abortedTransactions: null,
              preferredReadReplica: -1,
              records: [Buffer.from('dead', 'hex'), Buffer.from('beef', 'hex')],
            },
          ],
        },
      ],
    };
    const text = `
      00000000 0000 00000000      # throttleTimeMs, errorCode, sessionId
      02 02 74 02                 # one topic "t", one partition
      00000000 0000               # partition 0, errorCode
      0000000000000009            # highWatermark
      0000000000000009            # lastStableOffset
      0000000000000001            # logStartOffset
      00                          # abortedTransactions null
      ffffffff                    # preferredReadReplica -1
      05 deadbeef                 # four bytes of records
      00 00 00                    # no tags of partition, topic and answer`;
    expectAnswer(1, 12, { answer, text });
  });
});
