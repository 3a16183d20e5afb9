import { changeConfigs, configChangeAnswers } from '../config_changes.js';
import { settingOf } from '../configs.js';
import { BrokerError } from '../errors.js';
import { type RequestContext, defineApi } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';
import { array, bool, type Infer, int8, nullableString, string, struct } from '../wire/schema.js';
import { listOf, topicSettings } from '../topic_settings.js';

/** What to do with a setting, numbered as in the protocol. */
const Operation = { set: 0, remove: 1, append: 2, subtract: 3 } as const;

const wish = struct({ name: string, configOperation: int8, value: nullableString });

/** IncrementalAlterConfigs 0 to 1: changes the named settings of a topic and leaves the others as they are. */
export const incrementalAlterConfigs = defineApi({
  key: 44,
  name: 'IncrementalAlterConfigs',
  versions: [0, 1],
  flexibleSince: 1,
  request: struct({
    resources: array(struct({ resourceType: int8, resourceName: string, configs: array(wish) })),
    validateOnly: bool,
  }),
  response: configChangeAnswers,
  handle: ({ resources, validateOnly }, context) => ({
    throttleTimeMs: 0,
    responses: changeConfigs(resources, {
      context,
      validateOnly,
      change(current, wishes) {
        const changed = new Map(current);
        for (const one of wishes) apply(changed, one, context.broker);
        return changed;
      },
    }),
  }),
});

function apply(
  configs: Map<string, string>,
  { name, configOperation, value }: Infer<typeof wish>,
  { options }: RequestContext['broker'],
): void {
  if (configOperation === Operation.remove) {
    configs.delete(name);
    return;
  }
  if (value === null) throw new BrokerError(ErrorCode.INVALID_REQUEST, `'${name}' has no value.`);
  if (configOperation === Operation.set) {
    configs.set(name, value);
    return;
  }
  if (configOperation !== Operation.append && configOperation !== Operation.subtract) {
    throw new BrokerError(ErrorCode.INVALID_REQUEST, `There is no operation ${configOperation} on settings.`);
  }
  if (topicSettings.get(name)?.type !== 'list') {
    throw new BrokerError(ErrorCode.INVALID_CONFIG, `'${name}' is no list to add to or take from.`);
  }
  const elements = listOf(settingOf(configs, name, options));
  const named = listOf(value);
  const changed =
    configOperation === Operation.append
      ? [...elements, ...named.filter((element) => !elements.includes(element))]
      : elements.filter((element) => !named.includes(element));
  configs.set(name, changed.join(','));
}
