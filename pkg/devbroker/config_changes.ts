import { throwInjected } from './apis/refusals.js';
import { ConfigResource } from './configs.js';
import { BrokerError } from './errors.js';
import { type RequestContext } from './wire/api.js';
import { checkTopicSettings } from './topic_settings.js';
import { ErrorCode } from './wire/errors.js';
import { array, int16, int32, int8, nullableString, string, struct } from './wire/schema.js';

interface Resource<C> {
  resourceType: number;
  resourceName: string;
  configs: C[];
}

export interface ConfigChanges<C> {
  context: RequestContext;
  /** Only tells what would come of it. */
  validateOnly: boolean;
  /** The settings that a topic has afterwards. @throws BrokerError when the wish cannot be granted */
  change: (current: ReadonlyMap<string, string>, wished: C[]) => ReadonlyMap<string, string>;
}

/** What the APIs that change settings answer of each resource. */
export const configChangeAnswers = struct({
  throttleTimeMs: int32,
  responses: array(
    struct({ errorCode: int16, errorMessage: nullableString, resourceType: int8, resourceName: string }),
  ),
});

/** Changes the settings of topics, each wholly or not at all, and tells of each whether it was done. */
export function changeConfigs<C extends { name: string }>(
  resources: Resource<C>[],
  changes: ConfigChanges<C>,
) {
  const seen = new Map<string, number>();
  for (const resource of resources) seen.set(idOf(resource), (seen.get(idOf(resource)) ?? 0) + 1);
  return resources.map((resource) => {
    const { resourceType, resourceName } = resource;
    const answer = { errorCode: ErrorCode.NONE as number, errorMessage: null, resourceType, resourceName };
    try {
      if ((seen.get(idOf(resource)) ?? 0) > 1)
        throw invalidRequest('Each resource must appear at most once.');
      changeOne(resource, changes);
      return answer;
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      return { ...answer, errorCode: error.code, errorMessage: error.message };
    }
  });
}

function idOf({ resourceType, resourceName }: Resource<unknown>): string {
  return `${resourceType} ${resourceName}`;
}

function changeOne<C extends { name: string }>(
  { resourceType, resourceName, configs }: Resource<C>,
  { context, validateOnly, change }: ConfigChanges<C>,
): void {
  const { broker } = context;
  throwInjected(context, resourceType === ConfigResource.topic ? { topic: resourceName } : {});
  if (resourceType === ConfigResource.broker) {
    throw invalidRequest('The settings of a node are the options that the broker was started with.');
  }
  if (resourceType !== ConfigResource.topic) {
    throw invalidRequest(`Resources of type ${resourceType} have no settings here.`);
  }
  const topic = broker.topics.get(resourceName);
  if (!topic) {
    throw new BrokerError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `There is no topic '${resourceName}'.`);
  }
  if (new Set(configs.map(({ name }) => name)).size < configs.length) {
    throw invalidRequest('Each setting must appear at most once.');
  }
  const changed = change(topic.configs, configs);
  checkTopicSettings(changed);
  if (!validateOnly) broker.topics.configure(topic, changed);
}

function invalidRequest(message: string): BrokerError {
  return new BrokerError(ErrorCode.INVALID_REQUEST, message);
}

/**
 * Settings as a map.
 * @throws BrokerError with `code` when one has no value
 */
export function withValues(
  configs: readonly { name: string; value: string | null }[],
  code: number,
): Map<string, string> {
  return new Map(
    configs.map(({ name, value }) => {
      if (value === null) throw new BrokerError(code, `'${name}' has no value.`);
      return [name, value];
    }),
  );
}
