import { expect } from 'chai';
import { configSchema } from '../../config/schema.js';
import { topicProblems } from '../../config/topic_rules.js';
import { listFields } from '../../pkg/config/fields.js';
import { problemsOf } from './support.js';

describe('config: KAFKA.TOPICS', () => {
  const problemsWith = (topics: Readonly<Record<string, string>>) =>
    topicProblems({
      values: new Map(Object.entries(topics)),
      mode: 'development',
      sourceOf: (path) => `source of ${path}`,
    });

  it('refuses one topic for two domains, naming both', () => {
    expect(
      problemsWith({ 'KAFKA.TOPICS.A': 'x', 'KAFKA.TOPICS.B': 'y', 'KAFKA.TOPICS.C': 'x' }),
    ).to.deep.equal([
      {
        path: 'KAFKA.TOPICS.C',
        source: 'source of KAFKA.TOPICS.C',
        what: '"x" is the topic of KAFKA.TOPICS.A already',
        mend: 'give each of the two a topic of its own',
      },
    ]);
  });

  it('leaves topics alone that differ, and what is no topic', () => {
    expect(problemsWith({ 'KAFKA.TOPICS.A': 'x', 'KAFKA.TOPICS.B': 'X', 'APP.NAME': 'x' })).to.be.empty;
  });

  it('is asked when the configuration is loaded', function () {
    const topics = listFields(configSchema).filter(({ path }) => path.startsWith('KAFKA.TOPICS.'));
    if (topics.length < 2) this.skip();
    const problems = problemsOf({ env: Object.fromEntries(topics.map(({ env }) => [env, 'one'])) });
    expect(problems.map(({ path }) => path)).to.deep.equal(topics.slice(1).map(({ path }) => path));
  });
});
