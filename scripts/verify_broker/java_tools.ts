import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureKafkaJars, KAFKA_VERSION } from '../apache_kafka/jars.js';
import { findJava } from '../apache_kafka/toolchain.js';
import { type ClientChecks, demand, demandEqual, succeed } from './check.js';

/** The console tools of Apache Kafka, by the names of their shell scripts. */
const TOOLS = {
  'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-console-producer': 'org.apache.kafka.tools.ConsoleProducer',
  'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  'kafka-delete-records': 'org.apache.kafka.tools.DeleteRecordsCommand',
  'kafka-producer-perf-test': 'org.apache.kafka.tools.ProducerPerformance',
  'kafka-consumer-perf-test': 'org.apache.kafka.tools.ConsumerPerformance',
  'kafka-verifiable-producer': 'org.apache.kafka.tools.VerifiableProducer',
  'kafka-verifiable-consumer': 'org.apache.kafka.tools.VerifiableConsumer',
} as const;

type Tool = keyof typeof TOOLS;

/**
 * The tools that come with Apache Kafka, and with them its Java clients.
 * @param jars the folder of its jars; downloaded where none is given
 * @throws MissingToolError where Java or, for the download, Maven is missing
 */
export async function javaToolChecks(broker: string, jars?: string): Promise<ClientChecks> {
  const java = await findJava();
  const classpath = join(jars ?? (await ensureKafkaJars()), '*');
  const tool = (name: Tool, args: readonly string[], input = '') => {
    const command = [java, '-Xmx256m', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error'] as const;
    return succeed([...command, '-cp', classpath, TOOLS[name], '--bootstrap-server', broker, ...args], {
      input,
    });
  };
  const fill = (topic: string, count: number) =>
    tool(
      'kafka-console-producer',
      ['--topic', topic, '--reader-property', 'parse.key=true', '--reader-property', 'key.separator=:'],
      Array.from({ length: count }, (_, i) => `k${i}:v${i}\n`).join(''),
    );
  const read = async (topic: string, count: number, ...args: string[]) =>
    (
      await tool('kafka-console-consumer', [
        '--topic',
        topic,
        '--from-beginning',
        '--max-messages',
        String(count),
        ...args,
      ])
    )
      .split('\n')
      .filter((line) => /^v\d+$/.test(line));
  const topic = (name: string) => tool('kafka-topics', ['--create', '--topic', name, '--partitions', '2']);

  return {
    client: `Apache Kafka ${KAFKA_VERSION} tools`,
    checks: [
      {
        what: '`kafka-topics`: create, list, describe, add partitions, delete',
        run: async () => {
          await topic('java-topics');
          demand(await tool('kafka-topics', ['--list']), /^java-topics$/m);
          await tool('kafka-topics', ['--alter', '--topic', 'java-topics', '--partitions', '4']);
          demand(await tool('kafka-topics', ['--describe', '--topic', 'java-topics']), /PartitionCount: 4/);
          await tool('kafka-topics', ['--delete', '--topic', 'java-topics']);
          demandEqual((await tool('kafka-topics', ['--list'])).includes('java-topics'), false);
        },
      },
      {
        what: '`kafka-configs`: alter and describe a topic',
        run: async () => {
          await topic('java-configs');
          const entity = ['--entity-type', 'topics', '--entity-name', 'java-configs'];
          await tool('kafka-configs', ['--alter', ...entity, '--add-config', 'retention.ms=60000']);
          demand(await tool('kafka-configs', ['--describe', ...entity]), /retention\.ms=60000/);
          await tool('kafka-configs', ['--alter', ...entity, '--delete-config', 'retention.ms']);
          demandEqual(
            (await tool('kafka-configs', ['--describe', ...entity])).includes('retention.ms=60000'),
            false,
          );
        },
      },
      {
        what: '`kafka-console-producer` and `kafka-console-consumer`, with keys',
        run: async () => {
          await topic('java-console');
          await fill('java-console', 10);
          demandEqual((await read('java-console', 10)).length, 10);
        },
      },
      {
        what: '`kafka-consumer-groups`: list, describe, reset offsets, delete',
        run: async () => {
          await topic('java-groups');
          await fill('java-groups', 10);
          await read('java-groups', 10, '--group', 'java-group');
          const groups = (...args: string[]) => tool('kafka-consumer-groups', args);
          demand(await groups('--list'), /^java-group$/m);
          demand(
            await groups('--describe', '--group', 'java-group'),
            /java-group\s+java-groups\s+\d+\s+\d+\s+\d+\s+0\s/,
          );
          const reset = [
            '--group',
            'java-group',
            '--topic',
            'java-groups',
            '--reset-offsets',
            '--to-earliest',
            '--execute',
          ];
          demand(await groups(...reset), /java-groups\s+[01]\s+0/);
          demandEqual((await read('java-groups', 10, '--group', 'java-group')).length, 10);
          demand(await groups('--delete', '--group', 'java-group'), /successful/);
        },
      },
      {
        what: '`kafka-get-offsets`: earliest, latest, by time',
        run: async () => {
          await topic('java-offsets');
          await fill('java-offsets', 10);
          const total = async (time: string) =>
            [
              ...(await tool('kafka-get-offsets', ['--topic', 'java-offsets', '--time', time])).matchAll(
                /:\d+:(\d+)/g,
              ),
            ]
              .map(([, offset]) => Number(offset))
              .reduce((sum, offset) => sum + offset, 0);
          demandEqual([await total('latest'), await total('earliest'), await total('0')], [10, 0, 0]);
        },
      },
      {
        what: '`kafka-delete-records`',
        run: async () => {
          await tool('kafka-topics', ['--create', '--topic', 'java-delete', '--partitions', '1']);
          await fill('java-delete', 10);
          const folder = await mkdtemp(join(tmpdir(), 'verify-broker-'));
          const file = join(folder, 'offsets.json');
          const partitions = [{ topic: 'java-delete', partition: 0, offset: 4 }];
          await writeFile(file, JSON.stringify({ version: 1, partitions }));
          try {
            demand(await tool('kafka-delete-records', ['--offset-json-file', file]), /low_watermark: 4/);
          } finally {
            await rm(folder, { recursive: true });
          }
          demandEqual(await read('java-delete', 6), ['v4', 'v5', 'v6', 'v7', 'v8', 'v9']);
        },
      },
      {
        what: '`kafka-producer-perf-test` and `kafka-consumer-perf-test`',
        run: async () => {
          await topic('java-perf');
          const size = ['--num-records', '20000', '--record-size', '200', '--throughput', '-1'];
          demand(
            await tool('kafka-producer-perf-test', ['--topic', 'java-perf', ...size]),
            /20000 records sent/,
          );
          demand(
            await tool('kafka-consumer-perf-test', ['--topic', 'java-perf', '--num-records', '20000']),
            /, 20000,/,
          );
        },
      },
      {
        what: '`kafka-verifiable-producer` and `kafka-verifiable-consumer`',
        run: async () => {
          await topic('java-verifiable');
          const count = ['--topic', 'java-verifiable', '--max-messages', '100'];
          demand(await tool('kafka-verifiable-producer', count), /"acked":100/);
          const consumed = await tool('kafka-verifiable-consumer', [
            ...count,
            '--group-id',
            'java-verifiable',
          ]);
          // One report for each poll; the count of all its partitions comes before those of each.
          const counts = [...consumed.matchAll(/"name":"records_consumed","count":(\d+)/g)];
          demandEqual(
            counts.reduce((sum, [, records]) => sum + Number(records), 0),
            100,
          );
        },
      },
    ],
  };
}
