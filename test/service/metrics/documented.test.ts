import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../../../config/project_root.js';
import { EventMetrics } from '../../../internal/repo/persistent/kafka/event_metrics.js';
import { requestMetrics } from '../../../pkg/httpserver/index.js';
import { ConsumerMetrics, type KafkaManager } from '../../../pkg/kafka/index.js';
import { Metrics } from '../../../pkg/telemetry/index.js';

describe('docs/production.md', () => {
  it('alerts on metrics that there are', async () => {
    const metrics = new Metrics();
    new EventMetrics(metrics, { now: () => new Date() });
    const nobody = { getStatus: () => ({ consumers: [] }) } as unknown as Pick<KafkaManager, 'getStatus'>;
    new ConsumerMetrics(metrics).watch(nobody);
    requestMetrics(metrics, []);
    const there = new Set(
      Array.from((await metrics.render()).matchAll(/^# TYPE (\S+)/gm), ([, name]) => name),
    );

    const text = readFileSync(path.join(projectRoot(), 'docs', 'production.md'), 'utf8');
    const named = Array.from(
      text.matchAll(/\b(?:messaging|kafka|http)_[a-z_]+(?<!_)(?=[`{[) ])/g),
      ([name]) => name.replace(/_(bucket|sum|count)$/, ''),
    );
    expect(named).to.include('messaging_client_sent_messages_total');
    expect([...new Set(named)].filter((name) => !there.has(name))).to.deep.equal([]);
  });
});
