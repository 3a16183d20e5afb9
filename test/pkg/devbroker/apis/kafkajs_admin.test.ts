import { ErrorCode } from '../../../../pkg/devbroker/wire/errors.js';
import { itAgreesWithKafkajs } from './kafkajs_golden.js';

const NO_OPERATIONS = -(2 ** 31);
const NO_TOPIC_ID = '00000000-0000-0000-0000-000000000000';

// Longer than other files, since it is a table: the requests and answers of one family of APIs.
describe('administration beside kafkajs', () => {
  describe('ApiVersions', () => {
    itAgreesWithKafkajs({
      name: 'ApiVersions',
      key: 18,
      requests: [{ args: {}, read: () => ({ clientSoftwareName: '', clientSoftwareVersion: '' }) }],
      responses: [
        {
          answer: {
            errorCode: 0,
            apiKeys: [{ apiKey: 1, minVersion: 4, maxVersion: 12 }],
            throttleTimeMs: 0,
          },
          decoded: () => ({ errorCode: 0, apiVersions: [{ apiKey: 1, minVersion: 4, maxVersion: 12 }] }),
        },
      ],
    });
  });

  describe('Metadata', () => {
    const flags = { includeClusterAuthorizedOperations: false, includeTopicAuthorizedOperations: false };
    const topic = {
      errorCode: 0,
      name: 'orders',
      isInternal: false,
      partitions: [
        {
          errorCode: 0,
          partitionIndex: 0,
          leaderId: 1,
          leaderEpoch: 0,
          replicaNodes: [1, 2],
          isrNodes: [1],
          offlineReplicas: [2],
        },
      ],
      topicAuthorizedOperations: NO_OPERATIONS,
    };
    const answer = {
      throttleTimeMs: 0,
      brokers: [{ nodeId: 1, host: 'localhost', port: 9092, rack: null }],
      clusterId: 'cluster',
      controllerId: 1,
      topics: [topic],
      clusterAuthorizedOperations: NO_OPERATIONS,
    };
    itAgreesWithKafkajs({
      name: 'Metadata',
      key: 3,
      requests: [
        {
          args: { topics: ['orders', 'täsks'], allowAutoTopicCreation: false },
          read: (version) => ({
            topics: [{ name: 'orders' }, { name: 'täsks' }],
            allowAutoTopicCreation: version < 4,
            ...flags,
          }),
        },
        {
          args: { topics: [] },
          read: (version) => ({ topics: version === 0 ? [] : null, allowAutoTopicCreation: true, ...flags }),
        },
      ],
      responses: [
        {
          answer,
          decoded: (version) => ({
            brokers: [{ nodeId: 1, host: 'localhost', port: 9092, ...(version >= 1 && { rack: null }) }],
            ...(version >= 1 && { controllerId: 1 }),
            ...(version >= 2 && { clusterId: 'cluster' }),
            topicMetadata: [
              {
                topicErrorCode: 0,
                topic: 'orders',
                ...(version >= 1 && { isInternal: false }),
                partitionMetadata: [
                  {
                    partitionErrorCode: 0,
                    partitionId: 0,
                    leader: 1,
                    replicas: [1, 2],
                    isr: [1],
                    ...(version >= 5 && { offlineReplicas: [2] }),
                  },
                ],
              },
            ],
          }),
        },
        {
          answer: {
            ...answer,
            topics: [{ ...topic, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, partitions: [] }],
          },
          decoded: () => ({}),
          error: 'UNKNOWN_TOPIC_OR_PARTITION',
        },
      ],
    });
  });

  describe('CreateTopics', () => {
    const topic = {
      name: 'orders',
      topicId: NO_TOPIC_ID,
      errorCode: 0,
      errorMessage: null,
      numPartitions: 3,
      replicationFactor: 1,
      configs: null,
    };
    itAgreesWithKafkajs({
      name: 'CreateTopics',
      key: 19,
      requests: [
        {
          args: {
            topics: [
              {
                topic: 'orders',
                numPartitions: 3,
                replicationFactor: 1,
                configEntries: [{ name: 'retention.ms', value: '1000' }],
              },
              { topic: 'tasks', replicaAssignment: [{ partition: 0, replicas: [1] }] },
            ],
            timeout: 4000,
            validateOnly: true,
          },
          read: () => ({
            topics: [
              {
                name: 'orders',
                numPartitions: 3,
                replicationFactor: 1,
                assignments: [],
                configs: [{ name: 'retention.ms', value: '1000' }],
              },
              {
                name: 'tasks',
                numPartitions: -1,
                replicationFactor: -1,
                assignments: [{ partitionIndex: 0, brokerIds: [1] }],
                configs: [],
              },
            ],
            timeoutMs: 4000,
            validateOnly: true,
          }),
        },
      ],
      responses: [
        {
          answer: { throttleTimeMs: 0, topics: [topic] },
          decoded: () => ({ topicErrors: [{ topic: 'orders', errorCode: 0, errorMessage: null }] }),
        },
        {
          answer: {
            throttleTimeMs: 0,
            topics: [{ ...topic, errorCode: ErrorCode.TOPIC_ALREADY_EXISTS, errorMessage: 'there' }],
          },
          decoded: () => ({
            topicErrors: [
              { topic: 'orders', errorCode: ErrorCode.TOPIC_ALREADY_EXISTS, errorMessage: 'there' },
            ],
          }),
          error: 'TOPIC_ALREADY_EXISTS',
        },
      ],
    });
  });

  describe('DeleteTopics', () => {
    const deleted = { name: 'orders', topicId: NO_TOPIC_ID, errorCode: 0, errorMessage: null };
    itAgreesWithKafkajs({
      name: 'DeleteTopics',
      key: 20,
      requests: [
        {
          args: { topics: ['orders', 'tasks'], timeout: 4000 },
          read: () => ({ topics: [], topicNames: ['orders', 'tasks'], timeoutMs: 4000 }),
        },
      ],
      responses: [
        {
          answer: { throttleTimeMs: 0, responses: [deleted] },
          decoded: () => ({ topicErrors: [{ topic: 'orders', errorCode: 0 }] }),
        },
        {
          answer: {
            throttleTimeMs: 0,
            responses: [{ ...deleted, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }],
          },
          decoded: () => ({}),
          error: 'UNKNOWN_TOPIC_OR_PARTITION',
        },
      ],
    });
  });

  describe('InitProducerId', () => {
    itAgreesWithKafkajs({
      name: 'InitProducerId',
      key: 22,
      requests: [
        {
          args: { transactionalId: 'tx', transactionTimeout: 30_000 },
          read: () => ({
            transactionalId: 'tx',
            transactionTimeoutMs: 30_000,
            producerId: -1n,
            producerEpoch: -1,
          }),
        },
      ],
      responses: [
        {
          answer: { throttleTimeMs: 0, errorCode: 0, producerId: 2n ** 50n, producerEpoch: 7 },
          decoded: () => ({ errorCode: 0, producerId: '1125899906842624', producerEpoch: 7 }),
        },
        {
          answer: {
            throttleTimeMs: 0,
            errorCode: ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
            producerId: -1n,
            producerEpoch: -1,
          },
          decoded: () => ({}),
          error: 'GROUP_LOAD_IN_PROGRESS',
        },
      ],
    });
  });

  describe('CreatePartitions', () => {
    itAgreesWithKafkajs({
      name: 'CreatePartitions',
      key: 37,
      requests: [
        {
          args: {
            topicPartitions: [
              { topic: 'orders', count: 5 },
              { topic: 'tasks', count: 2, assignments: [[1]] },
            ],
            timeout: 4000,
            validateOnly: true,
          },
          read: () => ({
            topics: [
              { name: 'orders', count: 5, assignments: null },
              { name: 'tasks', count: 2, assignments: [{ brokerIds: [1] }] },
            ],
            timeoutMs: 4000,
            validateOnly: true,
          }),
        },
      ],
      responses: [
        {
          answer: { throttleTimeMs: 0, results: [{ name: 'orders', errorCode: 0, errorMessage: null }] },
          decoded: () => ({ topicErrors: [{ topic: 'orders', errorCode: 0, errorMessage: null }] }),
        },
        {
          answer: {
            throttleTimeMs: 0,
            results: [{ name: 'orders', errorCode: ErrorCode.INVALID_PARTITIONS, errorMessage: 'no' }],
          },
          decoded: () => ({}),
          error: 'INVALID_PARTITIONS',
        },
      ],
    });
  });

  describe('DeleteRecords', () => {
    const partition = { partition: 1, lowWatermark: 2n ** 40n, errorCode: 0 };
    itAgreesWithKafkajs({
      name: 'DeleteRecords',
      key: 21,
      requests: [
        {
          args: {
            topics: [{ topic: 'orders', partitions: [{ partition: 1, offset: '1099511627776' }] }],
            timeout: 4000,
          },
          read: () => ({
            topics: [{ name: 'orders', partitions: [{ partition: 1, offset: 2n ** 40n }] }],
            timeoutMs: 4000,
          }),
        },
      ],
      responses: [
        {
          answer: { throttleTimeMs: 0, topics: [{ name: 'orders', partitions: [partition] }] },
          decoded: () => ({ topics: [{ topic: 'orders', partitions: [partition] }] }),
        },
      ],
    });
  });
});
