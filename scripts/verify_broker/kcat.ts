import { MissingToolError } from '../apache_kafka/toolchain.js';
import { runCommand } from '../run_command.js';
import { createTopic, untilMembersShare } from './group_members.js';
import { CODECS, storedCodecs } from './stored_codecs.js';
import { type ClientChecks, demand, demandEqual, succeed } from './check.js';

const RECORDS = 100;
/** So long that every batch gets smaller by each codec; librdkafka sends uncompressed what does not. */
const PADDING = 'x'.repeat(200);

/** kcat, and with it librdkafka, against a broker that keeps its data in a folder. @throws MissingToolError */
export async function kcatChecks(broker: string, dataFolder: string): Promise<ClientChecks> {
  const answer = await runCommand('kcat', ['-V']);
  if (!answer) throw new MissingToolError('kcat is not installed (Debian: apt-get install kcat)');
  const version = /Version ([\d.]+).*?librdkafka ([\d.]+)/s.exec(answer.output) ?? [];
  const kcat = (args: readonly string[], input?: string) =>
    succeed(['kcat', '-b', broker, ...args], input === undefined ? {} : { input });
  const lines = Array.from({ length: RECORDS }, (_, i) => `key-${i}\tvalue ${i} ${PADDING}`);
  const produce = (topic: string, ...args: string[]) =>
    kcat(['-P', '-t', topic, '-K', '\t', ...args], `${lines.join('\n')}\n`);
  const consume = async (topic: string, format: string, ...args: string[]) =>
    (await kcat(['-C', '-q', '-e', '-t', topic, '-f', `${format}\n`, ...args])).trim().split('\n');

  return {
    client: `kcat ${version[1] ?? ''} (librdkafka ${version[2] ?? ''})`,
    checks: [
      {
        what: 'list the cluster (`-L`)',
        run: async () => {
          await produce('kcat-list');
          demand(await kcat(['-L']), /1 brokers/, /topic "kcat-list" with 3 partitions/);
        },
      },
      ...CODECS.map((codec) => ({
        what: `produce and consume ${codec === 'none' ? 'uncompressed' : codec}, with keys and headers`,
        run: async () => {
          const topic = `kcat-${codec}`;
          await produce(topic, '-z', codec, '-H', 'colour=red');
          const got = await consume(topic, '%k\t%s %h', '-o', 'beginning');
          demandEqual(got.sort(), lines.map((line) => `${line} colour=red`).sort());
          demandEqual(await storedCodecs(dataFolder, topic), [codec]);
        },
      })),
      {
        what: 'produce idempotently',
        run: async () => {
          await produce('kcat-idempotent', '-X', 'enable.idempotence=true');
          demandEqual((await consume('kcat-idempotent', '%k', '-o', 'beginning')).length, RECORDS);
        },
      },
      {
        what: 'consume from an offset',
        run: async () => {
          await produce('kcat-offset', '-p', '0');
          demandEqual(await consume('kcat-offset', '%k', '-p', '0', '-o', '98'), ['key-98', 'key-99']);
        },
      },
      {
        what: 'consume from, and query by, a timestamp',
        run: async () => {
          await produce('kcat-time', '-p', '0');
          const before = Date.now() + 1;
          // The next record needs a later millisecond than the last one.
          while (Date.now() <= before) await new Promise(setImmediate);
          await kcat(['-P', '-t', 'kcat-time', '-p', '0'], 'late\n');
          demand(await kcat(['-Q', '-t', `kcat-time:0:${before}`]), /offset 100/);
          demandEqual(await consume('kcat-time', '%s', '-p', '0', '-o', `s@${before}`), ['late']);
        },
      },
      {
        what: 'consume in a group of three members (`-G`)',
        run: async () => {
          const partitions = [0, 1, 2];
          await createTopic(broker, 'kcat-group', partitions.length);
          // Each ends after as many records as a partition holds, so that one member cannot read them all.
          const members = partitions.map(() => {
            const group = ['-G', 'kcat-three', '-q', '-c', String(RECORDS), '-f', '%k\n'];
            return kcat([...group, '-X', 'auto.offset.reset=earliest', 'kcat-group']);
          });
          await untilMembersShare(broker, 'kcat-three', members.length);
          const produced = partitions.map((p) => lines.map((line) => `${p}-${line}`));
          for (const [p, input] of produced.entries()) {
            await kcat(['-P', '-t', 'kcat-group', '-p', String(p), '-K', '\t'], `${input.join('\n')}\n`);
          }
          const outputs = await Promise.all(members);
          const keys = outputs.map((output) => output.split('\n').filter((line) => line.includes('key-')));
          demandEqual(
            keys.map(({ length }) => length),
            partitions.map(() => RECORDS),
          );
          demandEqual(
            keys.flat().sort(),
            produced
              .flat()
              .map((line) => line.split('\t')[0])
              .sort(),
          );
        },
      },
    ],
  };
}
