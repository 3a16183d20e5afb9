import { ErrorCode } from '../../../../pkg/devbroker/wire/errors.js';
import { itAgreesWithKafkajs } from './kafkajs_golden.js';

const TOPIC = 2;
const resource = { resourceType: TOPIC, resourceName: 'orders' };

describe('settings beside kafkajs', () => {
  describe('DescribeConfigs', () => {
    const entry = {
      name: 'retention.ms',
      value: '1000',
      readOnly: false,
      configSource: 1,
      isSensitive: false,
    };
    const answer = {
      errorCode: 0,
      errorMessage: null,
      ...resource,
      configs: [
        {
          ...entry,
          synonyms: [{ name: 'log.retention.ms', value: null, source: 5 }],
          configType: 5,
          documentation: null,
        },
      ],
    };
    itAgreesWithKafkajs({
      name: 'DescribeConfigs',
      key: 32,
      requests: [
        {
          args: {
            resources: [
              { type: TOPIC, name: 'orders', configNames: ['retention.ms'] },
              { type: TOPIC, name: 'tasks' },
            ],
            includeSynonyms: true,
          },
          read: () => ({
            resources: [
              { ...resource, configurationKeys: ['retention.ms'] },
              { resourceType: TOPIC, resourceName: 'tasks', configurationKeys: null },
            ],
            includeSynonyms: true,
            includeDocumentation: false,
          }),
        },
      ],
      responses: [
        {
          answer: { throttleTimeMs: 0, results: [answer] },
          decoded: () => ({
            resources: [
              {
                errorCode: 0,
                errorMessage: null,
                ...resource,
                configEntries: [
                  {
                    configName: 'retention.ms',
                    configValue: '1000',
                    readOnly: false,
                    isDefault: false,
                    configSource: 1,
                    isSensitive: false,
                    configSynonyms: [{ configName: 'log.retention.ms', configValue: null, configSource: 5 }],
                  },
                ],
              },
            ],
          }),
        },
        {
          answer: {
            throttleTimeMs: 0,
            results: [{ ...answer, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, configs: [] }],
          },
          decoded: () => ({}),
          error: 'UNKNOWN_TOPIC_OR_PARTITION',
        },
      ],
    });
  });

  describe('AlterConfigs', () => {
    itAgreesWithKafkajs({
      name: 'AlterConfigs',
      key: 33,
      requests: [
        {
          args: {
            resources: [
              { type: TOPIC, name: 'orders', configEntries: [{ name: 'retention.ms', value: '1000' }] },
            ],
            validateOnly: true,
          },
          read: () => ({
            resources: [{ ...resource, configs: [{ name: 'retention.ms', value: '1000' }] }],
            validateOnly: true,
          }),
        },
      ],
      responses: [
        {
          answer: { throttleTimeMs: 0, responses: [{ errorCode: 0, errorMessage: null, ...resource }] },
          decoded: () => ({ resources: [{ errorCode: 0, errorMessage: null, ...resource }] }),
        },
        {
          answer: {
            throttleTimeMs: 0,
            responses: [{ errorCode: ErrorCode.INVALID_CONFIG, errorMessage: 'no', ...resource }],
          },
          decoded: () => ({
            resources: [{ errorCode: ErrorCode.INVALID_CONFIG, errorMessage: 'no', ...resource }],
          }),
          error: 'INVALID_CONFIG',
        },
      ],
    });
  });
});
