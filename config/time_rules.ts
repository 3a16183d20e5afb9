import type { ConfigProblem, RuleCheck } from '../pkg/config/index.js';

/** Times the brokers are waited for by one request: to say what is there, to keep a position, and one to spare. */
const BROKER_WAITS = 3;

/** Times that are right by themselves and not together. */
export function timeProblems({ values, sourceOf }: RuleCheck): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const of = (path: string): number | undefined => values.get(path) as number | undefined;
  const mustExceed = (
    path: string,
    least: number | undefined,
    { why, mend }: Record<'why' | 'mend', string>,
  ) => {
    const value = of(path);
    // One that is wrong by itself is named already.
    if (value === undefined || least === undefined || value > least) return;
    problems.push({ path, source: sourceOf(path), what: `${value} is not more than ${why}`, mend });
  };
  const [drain, publish, kafka] = ['DRAIN_DELAY', 'PUBLISH_TIMEOUT', 'KAFKA_TIMEOUT'].map((name) =>
    of(`HTTP.${name}`),
  );
  mustExceed('HTTP.SHUTDOWN_TIMEOUT', drain, {
    why: `HTTP.DRAIN_DELAY (${drain}), which is a part of it: every stop would be given up`,
    mend: 'set HTTP_SHUTDOWN_TIMEOUT to a few seconds more than HTTP_DRAIN_DELAY',
  });
  mustExceed('HTTP.WRITE_TIMEOUT', publish, {
    why: `HTTP.PUBLISH_TIMEOUT (${publish}): requests would be cut off before they are answered`,
    mend: 'set HTTP_WRITE_TIMEOUT higher, or HTTP_PUBLISH_TIMEOUT lower',
  });
  mustExceed('HTTP.WRITE_TIMEOUT', kafka && kafka * BROKER_WAITS, {
    why: `${BROKER_WAITS} times HTTP.KAFKA_TIMEOUT (${kafka}): control requests would be cut off before they are answered`,
    mend: 'set HTTP_WRITE_TIMEOUT higher, or HTTP_KAFKA_TIMEOUT lower',
  });
  return problems;
}
