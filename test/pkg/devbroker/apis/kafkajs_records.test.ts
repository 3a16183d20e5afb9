import { createRequire } from 'node:module';
import { expect } from 'chai';
import { checkBatch } from '../../../../pkg/devbroker/log/record_batch.js';
import { ErrorCode } from '../../../../pkg/devbroker/wire/errors.js';
import { itAgreesWithKafkajs } from './kafkajs_golden.js';

const requireFromHere = createRequire(import.meta.url);

interface Encoded {
  buffer: Buffer;
}
const { RecordBatch } = requireFromHere('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch: (options: object) => Promise<Encoded>;
};
const record = requireFromHere('kafkajs/src/protocol/recordBatch/record/v0') as (options: object) => Encoded;

const messages = [
  { key: Buffer.from('k'), value: Buffer.from('v0'), headers: { h: 'x' }, timestamp: 1000 },
  { key: null, value: Buffer.from('v1'), headers: {}, timestamp: 1005 },
];

/** The batch that kafkajs makes of {@link messages}. */
const { buffer: batch } = await RecordBatch({
  records: messages.map((message, offsetDelta) =>
    record({ ...message, offsetDelta, timestampDelta: message.timestamp - 1000 }),
  ),
  firstTimestamp: 1000,
  maxTimestamp: 1005,
  lastOffsetDelta: 1,
});

describe('records beside kafkajs', () => {
  describe('Produce', () => {
    itAgreesWithKafkajs({
      name: 'Produce',
      key: 0,
      requests: [
        {
          args: {
            acks: -1,
            timeout: 4321,
            topicData: [{ topic: 'orders', partitions: [{ partition: 7, firstSequence: 0, messages }] }],
          },
          read: () => ({
            transactionalId: null,
            acks: -1,
            timeoutMs: 4321,
            topics: [{ name: 'orders', partitions: [{ index: 7, records: batch }] }],
          }),
        },
      ],
      responses: [
        {
          answer: {
            topics: [
              {
                name: 'orders',
                partitions: [
                  {
                    index: 7,
                    errorCode: 0,
                    baseOffset: 2n ** 40n,
                    logAppendTimeMs: -1n,
                    logStartOffset: 12n,
                    recordErrors: [],
                    errorMessage: null,
                  },
                ],
              },
            ],
            throttleTimeMs: 0,
          },
          decoded: (version) => ({
            topics: [
              {
                topicName: 'orders',
                partitions: [
                  {
                    partition: 7,
                    errorCode: 0,
                    baseOffset: '1099511627776',
                    logAppendTime: '-1',
                    ...(version >= 5 && { logStartOffset: '12' }),
                  },
                ],
              },
            ],
          }),
        },
        {
          answer: {
            topics: [
              {
                name: 'orders',
                partitions: [
                  {
                    index: 0,
                    errorCode: ErrorCode.MESSAGE_TOO_LARGE,
                    baseOffset: -1n,
                    logAppendTimeMs: -1n,
                    logStartOffset: -1n,
                    recordErrors: [],
                    errorMessage: 'too large',
                  },
                ],
              },
            ],
            throttleTimeMs: 0,
          },
          decoded: () => ({}),
          error: 'MESSAGE_TOO_LARGE',
        },
      ],
    });
  });

  const fetched = {
    partition: 3,
    errorCode: 0,
    highWatermark: 9n,
    lastStableOffset: 8n,
    logStartOffset: 1n,
    abortedTransactions: [{ producerId: 5n, firstOffset: 6n }],
    preferredReadReplica: -1,
    records: [batch],
  };

  describe('Fetch', () => {
    itAgreesWithKafkajs({
      name: 'Fetch',
      key: 1,
      requests: [
        {
          args: {
            replicaId: -1,
            maxWaitTime: 500,
            minBytes: 1,
            maxBytes: 1_000_000,
            isolationLevel: 1,
            rackId: 'rack',
            topics: [
              { topic: 'orders', partitions: [{ partition: 3, fetchOffset: '42', maxBytes: 65_536 }] },
            ],
          },
          read: (version) => ({
            replicaId: -1,
            maxWaitMs: 500,
            minBytes: 1,
            maxBytes: 1_000_000,
            isolationLevel: 1,
            sessionId: 0,
            sessionEpoch: -1,
            topics: [
              {
                name: 'orders',
                partitions: [
                  {
                    partition: 3,
                    currentLeaderEpoch: -1,
                    fetchOffset: 42n,
                    lastFetchedEpoch: -1,
                    logStartOffset: -1n,
                    partitionMaxBytes: 65_536,
                  },
                ],
              },
            ],
            forgottenTopics: [],
            rackId: version >= 11 ? 'rack' : '',
          }),
        },
      ],
      responses: [
        {
          answer: {
            throttleTimeMs: 0,
            errorCode: 0,
            sessionId: 0,
            topics: [{ name: 'orders', partitions: [fetched] }],
          },
          decoded: (version) => ({
            responses: [
              {
                topicName: 'orders',
                partitions: [
                  {
                    partition: 3,
                    errorCode: 0,
                    highWatermark: '9',
                    lastStableOffset: '8',
                    ...(version >= 5 && { lastStartOffset: '1' }),
                    ...(version >= 11 && { preferredReadReplica: -1 }),
                    abortedTransactions: [{ producerId: '5', firstOffset: '6' }],
                    messages: messages.map(({ key, value, headers, timestamp }, offset) => ({
                      attributes: 0,
                      batchContext: {
                        firstOffset: '0',
                        firstSequence: 0,
                        firstTimestamp: '1000',
                        inTransaction: false,
                        isControlBatch: false,
                        lastOffsetDelta: 1,
                        magicByte: 2,
                        maxTimestamp: '1005',
                        partitionLeaderEpoch: 0,
                        producerEpoch: 0,
                        producerId: '-1',
                        timestampType: 0,
                      },
                      headers: Object.fromEntries(
                        Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]),
                      ),
                      isControlRecord: false,
                      key,
                      magicByte: 2,
                      offset: String(offset),
                      timestamp: String(timestamp),
                      value,
                    })),
                  },
                ],
              },
            ],
          }),
        },
        {
          answer: {
            throttleTimeMs: 0,
            errorCode: 0,
            sessionId: 0,
            topics: [
              {
                name: 'orders',
                partitions: [{ ...fetched, errorCode: ErrorCode.OFFSET_OUT_OF_RANGE, records: [] }],
              },
            ],
          },
          decoded: () => ({}),
          error: 'OFFSET_OUT_OF_RANGE',
        },
      ],
    });
  });

  describe('ListOffsets', () => {
    const partition = { partition: 2, errorCode: 0, timestamp: 1005n, offset: 77n, leaderEpoch: 0 };
    itAgreesWithKafkajs({
      name: 'ListOffsets',
      key: 2,
      requests: [
        {
          args: { topics: [{ topic: 'orders', partitions: [{ partition: 2, timestamp: 1005 }] }] },
          read: (version) => ({
            replicaId: -1,
            isolationLevel: version >= 2 ? 1 : 0,
            topics: [
              { name: 'orders', partitions: [{ partition: 2, currentLeaderEpoch: -1, timestamp: 1005n }] },
            ],
          }),
        },
      ],
      responses: [
        {
          answer: { throttleTimeMs: 0, topics: [{ name: 'orders', partitions: [partition] }] },
          decoded: () => ({
            responses: [
              {
                topic: 'orders',
                partitions: [{ partition: 2, errorCode: 0, timestamp: '1005', offset: '77' }],
              },
            ],
          }),
        },
        {
          answer: {
            throttleTimeMs: 0,
            topics: [
              {
                name: 'orders',
                partitions: [{ ...partition, errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER }],
              },
            ],
          },
          decoded: () => ({}),
          error: 'NOT_LEADER_FOR_PARTITION',
        },
      ],
    });
  });

  it('the batch that kafkajs makes passes the checks of the log', () => {
    expect(checkBatch(Buffer.from(batch))).to.deep.include({
      size: batch.length,
      lastOffsetDelta: 1,
      recordCount: 2,
      maxTimestamp: 1005n,
      producerId: -1n,
    });
  });
});
