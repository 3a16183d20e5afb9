import { defineApi } from '../wire/api.js';
import { array, int16, int32, since, string, struct } from '../wire/schema.js';

/** ListGroups 0 to 4; from version 4 on only those in given states, when asked so. */
export const listGroups = defineApi({
  key: 16,
  name: 'ListGroups',
  versions: [0, 4],
  flexibleSince: 3,
  request: struct({ statesFilter: since(4, array(string), []) }),
  response: struct({
    throttleTimeMs: since(1, int32, 0),
    errorCode: int16,
    groups: array(struct({ groupId: string, protocolType: string, groupState: since(4, string, '') })),
  }),
  handle({ statesFilter }, { broker, nodeId, faults }) {
    const errorCode = faults.errorFor();
    // A node lists the groups that it coordinates; clients ask all nodes.
    const coordinates = errorCode === 0 && broker.coordinatorNode?.id === nodeId;
    const groups = coordinates ? broker.groups.list(statesFilter) : [];
    return {
      throttleTimeMs: 0,
      errorCode,
      groups: groups.map(({ groupId, protocolType, state }) => ({
        groupId,
        protocolType,
        groupState: state,
      })),
    };
  },
});
