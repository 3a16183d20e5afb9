/**
 * Compares pkg/kafka with raw kafkajs on one broker in one run: the embedded broker in a process of its own, or
 * the one that KAFKA_BROKERS names (and BROKER calls by a name). Prints a table and writes .data/bench.json; with
 * DOCS=1 also docs/benchmarks.md. ROWS=name,name measures some rows only, DATA=folder says where the file goes.
 * No figure passes or fails.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../../config/project_root.js';
import { createKafkajsDriver, KafkaAdmin } from '../../pkg/kafka/index.js';
import { createLogger } from '../../pkg/logger/index.js';
import { uniqueTopics } from './bench_topics.js';
import { openBroker } from './bench_broker.js';
import { CONTENDERS } from './contenders/index.js';
import { writeDocument } from './report/document.js';
import { toResult, type Result } from './report/result.js';
import { toTable } from './report/table.js';
import { wantedRows } from './rows/wanted_rows.js';
import { runWorker } from './worker/run_worker.js';

const rows = wantedRows(process.env);
const broker = await openBroker(process.env);
const logger = createLogger({ name: 'bench', level: 'error', format: 'auto' });
const driver = createKafkajsDriver({ brokers: broker.brokers, clientId: 'bench', logger });
const topics = uniqueTopics(driver, new KafkaAdmin(driver));
const results: Result[] = [];
try {
  for (const row of rows) {
    const topic = await topics.make(row);
    const values = { ours: [] as number[], baseline: [] as number[] };
    for (let round = 0; round < row.rounds; round += 1) {
      for (const side of CONTENDERS) {
        const groupId = `${topic}-${side}-${round}`;
        values[side].push(await runWorker(row, side, { brokers: broker.brokers, topic, groupId }));
      }
    }
    await topics.remove(topic);
    results.push(toResult(row, values, broker.name));
    process.stderr.write(`${row.name} `);
  }
} finally {
  await broker.stop();
}

process.stderr.write('\n');
process.stdout.write(`${toTable(results)}\n\non ${broker.name}, Node.js ${process.version}\n`);
const data = process.env['DATA'] ?? path.join(projectRoot(), '.data');
await mkdir(data, { recursive: true });
await writeFile(path.join(data, 'bench.json'), `${JSON.stringify(results, null, 2)}\n`);
if (process.env['DOCS'] === '1') {
  await writeDocument(path.join(projectRoot(), 'docs', 'benchmarks.md'), broker.name, results);
}
