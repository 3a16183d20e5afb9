import { ErrorCode } from '../../../../pkg/devbroker/wire/errors.js';
import { itAgreesWithKafkajs } from './kafkajs_golden.js';

describe('committed offsets beside kafkajs', () => {
  describe('OffsetCommit', () => {
    itAgreesWithKafkajs({
      name: 'OffsetCommit',
      key: 8,
      requests: [
        {
          args: {
            groupId: 'billing',
            groupGenerationId: 4,
            memberId: 'm-1',
            retentionTime: 86_400_000,
            topics: [
              {
                topic: 'orders',
                partitions: [
                  { partition: 0, offset: '1099511627776', metadata: 'note' },
                  { partition: 1, offset: '5' },
                ],
              },
            ],
          },
          read: (version) => ({
            groupId: 'billing',
            generationId: 4,
            memberId: 'm-1',
            groupInstanceId: null,
            retentionTimeMs: version <= 4 ? 86_400_000n : -1n,
            topics: [
              {
                name: 'orders',
                partitions: [
                  { partition: 0, offset: 2n ** 40n, leaderEpoch: -1, metadata: 'note' },
                  { partition: 1, offset: 5n, leaderEpoch: -1, metadata: null },
                ],
              },
            ],
          }),
        },
      ],
      responses: [
        {
          answer: {
            throttleTimeMs: 0,
            topics: [{ name: 'orders', partitions: [{ partition: 0, errorCode: 0 }] }],
          },
          decoded: () => ({
            responses: [{ topic: 'orders', partitions: [{ partition: 0, errorCode: 0 }] }],
          }),
        },
        {
          answer: {
            throttleTimeMs: 0,
            topics: [
              {
                name: 'orders',
                partitions: [{ partition: 0, errorCode: ErrorCode.OFFSET_METADATA_TOO_LARGE }],
              },
            ],
          },
          decoded: () => ({}),
          error: 'OFFSET_METADATA_TOO_LARGE',
        },
      ],
    });
  });

  describe('OffsetFetch', () => {
    const partition = { partition: 0, offset: 9n, leaderEpoch: -1, metadata: 'note', errorCode: 0 };
    const theirs = { partition: 0, offset: '9', metadata: 'note', errorCode: 0 };
    const asked = { groupId: 'billing', requireStable: false, groups: [] };
    itAgreesWithKafkajs({
      name: 'OffsetFetch',
      key: 9,
      requests: [
        {
          args: { groupId: 'billing', topics: [{ topic: 'orders', partitions: [{ partition: 0 }] }] },
          read: () => ({ ...asked, topics: [{ name: 'orders', partitions: [0] }] }),
        },
        {
          // An empty list means null to kafkajs from version 3 on, which stands for all topics.
          args: { groupId: 'billing', topics: [] },
          read: (version) => ({ ...asked, topics: version >= 3 ? null : [] }),
        },
      ],
      responses: [
        {
          answer: {
            throttleTimeMs: 0,
            errorCode: 0,
            groups: [],
            topics: [{ name: 'orders', partitions: [partition] }],
          },
          decoded: (version) => ({
            responses: [{ topic: 'orders', partitions: [theirs] }],
            ...(version >= 2 && { errorCode: 0 }),
          }),
        },
        {
          answer: {
            throttleTimeMs: 0,
            errorCode: 0,
            groups: [],
            topics: [
              {
                name: 'orders',
                partitions: [{ ...partition, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }],
              },
            ],
          },
          decoded: () => ({}),
          error: 'UNKNOWN_TOPIC_OR_PARTITION',
        },
      ],
    });
  });
});
