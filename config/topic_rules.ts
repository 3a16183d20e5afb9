import type { ConfigProblem, RuleCheck } from '../pkg/config/index.js';

/** Topics that are right by themselves and not together: one domain cannot read the events of another. */
export function topicProblems({ values, sourceOf }: RuleCheck): ConfigProblem[] {
  const taken = new Map<unknown, string>();
  const problems: ConfigProblem[] = [];
  for (const [path, topic] of values) {
    if (!path.startsWith('KAFKA.TOPICS.')) continue;
    const other = taken.get(topic);
    taken.set(topic, other ?? path);
    if (other === undefined) continue;
    problems.push({
      path,
      source: sourceOf(path),
      what: `${JSON.stringify(topic)} is the topic of ${other} already`,
      mend: 'give each of the two a topic of its own',
    });
  }
  return problems;
}
