import { brokerConfigs, type ConfigEntry, ConfigResource, topicConfigs } from '../configs.js';
import { BrokerError } from '../errors.js';
import { throwInjected } from './refusals.js';
import { type RequestContext, defineApi } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';
import {
  array,
  bool,
  int16,
  int32,
  int8,
  nullableArray,
  nullableString,
  since,
  string,
  struct,
} from '../wire/schema.js';

/** DescribeConfigs 1 to 4, of topics and of nodes. */
export const describeConfigs = defineApi({
  key: 32,
  name: 'DescribeConfigs',
  versions: [1, 4],
  flexibleSince: 4,
  request: struct({
    resources: array(
      struct({ resourceType: int8, resourceName: string, configurationKeys: nullableArray(string) }),
    ),
    includeSynonyms: bool,
    includeDocumentation: since(3, bool, false),
  }),
  response: struct({
    throttleTimeMs: int32,
    results: array(
      struct({
        errorCode: int16,
        errorMessage: nullableString,
        resourceType: int8,
        resourceName: string,
        configs: array(
          struct({
            name: string,
            value: nullableString,
            readOnly: bool,
            configSource: int8,
            isSensitive: bool,
            synonyms: array(struct({ name: string, value: nullableString, source: int8 })),
            configType: since(3, int8, 0),
            documentation: since(3, nullableString, null),
          }),
        ),
      }),
    ),
  }),
  handle: (request, context) => ({
    throttleTimeMs: 0,
    results: request.resources.map(({ resourceType, resourceName, configurationKeys }) => {
      const answer = { errorCode: ErrorCode.NONE as number, errorMessage: null, resourceType, resourceName };
      try {
        const wanted = configurationKeys === null ? null : new Set(configurationKeys);
        const configs = entries(resourceType, resourceName, context)
          .filter(({ name }) => wanted?.has(name) ?? true)
          .map((entry) => describe(entry, request.includeSynonyms));
        return { ...answer, configs };
      } catch (error) {
        if (!(error instanceof BrokerError)) throw error;
        return { ...answer, errorCode: error.code, errorMessage: error.message, configs: [] };
      }
    }),
  }),
});

function describe({ source, type, synonyms, ...entry }: ConfigEntry, includeSynonyms: boolean) {
  return {
    ...entry,
    configSource: source,
    isSensitive: false,
    synonyms: includeSynonyms ? synonyms : [],
    configType: type,
    documentation: null,
  };
}

/** @throws BrokerError when there is no such resource */
function entries(type: number, name: string, context: RequestContext): ConfigEntry[] {
  const { broker, nodeId } = context;
  throwInjected(context, type === ConfigResource.topic ? { topic: name } : {});
  if (type === ConfigResource.topic) {
    const topic = broker.topics.get(name);
    if (!topic) {
      throw new BrokerError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `There is no topic '${name}'.`);
    }
    return topicConfigs(topic.configs, broker.options);
  }
  if (type !== ConfigResource.broker) {
    throw new BrokerError(ErrorCode.INVALID_REQUEST, `Resources of type ${type} have no settings here.`);
  }
  // An empty name stands for what is set for all nodes at run time, and nothing can be.
  if (name === '') return [];
  if (name !== String(nodeId)) {
    throw new BrokerError(ErrorCode.INVALID_REQUEST, `This is node ${nodeId}, not '${name}'.`);
  }
  return brokerConfigs(broker, nodeId);
}
