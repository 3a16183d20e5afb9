import type { Call } from './call.js';

const TOPIC = 2;
const SET = 0;
const DELETE = 1;

export interface AlterConfigsAnswer {
  readonly errorCode: number;
  readonly message: string | null;
}

/**
 * IncrementalAlterConfigs 0 for one topic: changes what is named and nothing else. (The older AlterConfigs,
 * which kafkajs has, puts back to its default whatever is not named.)
 */
export function alterTopicConfigs(
  topic: string,
  changes: Readonly<Record<string, string | null>>,
): Call<AlterConfigsAnswer | undefined> {
  return {
    api: { key: 44, name: 'IncrementalAlterConfigs', version: 0 },
    write(to) {
      to.array([topic], () => {
        to.int8(TOPIC).string(topic);
        to.array(Object.entries(changes), ([name, value]) => {
          to.string(name)
            .int8(value === null ? DELETE : SET)
            .string(value);
        });
      });
      to.int8(0); // not only validated
    },
    read(from) {
      const throttleMs = from.int32();
      const answers = from.array((): AlterConfigsAnswer => {
        const answer = { errorCode: from.int16(), message: from.string() };
        from.bool(); // kind of the resource, as wide as a boolean
        from.string(); // its name
        return answer;
      });
      return { body: answers[0], throttleMs };
    },
  };
}
