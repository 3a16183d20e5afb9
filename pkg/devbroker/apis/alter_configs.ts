import { changeConfigs, configChangeAnswers, withValues } from '../config_changes.js';
import { defineApi } from '../wire/api.js';
import { ErrorCode } from '../wire/errors.js';
import { array, bool, int8, nullableString, string, struct } from '../wire/schema.js';

/** AlterConfigs 0 to 2: replaces all settings of a topic by the given ones. */
export const alterConfigs = defineApi({
  key: 33,
  name: 'AlterConfigs',
  versions: [0, 2],
  flexibleSince: 2,
  request: struct({
    resources: array(
      struct({
        resourceType: int8,
        resourceName: string,
        configs: array(struct({ name: string, value: nullableString })),
      }),
    ),
    validateOnly: bool,
  }),
  response: configChangeAnswers,
  handle: ({ resources, validateOnly }, context) => ({
    throttleTimeMs: 0,
    responses: changeConfigs(resources, {
      context,
      validateOnly,
      change: (_current, given) => withValues(given, ErrorCode.INVALID_REQUEST),
    }),
  }),
});
