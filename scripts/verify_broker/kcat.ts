import { type ClientChecks, demand, demandEqual, succeed } from './check.js';

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
const RECORDS = 100;

/** kcat, and with it librdkafka. @throws Error when it is not installed */
export async function kcatChecks(broker: string): Promise<ClientChecks> {
  const version = /Version ([\d.]+).*?librdkafka ([\d.]+)/s.exec(await succeed(['kcat', '-V'])) ?? [];
  const kcat = (args: readonly string[], input?: string) =>
    succeed(['kcat', '-b', broker, ...args], input === undefined ? {} : { input });
  const lines = Array.from({ length: RECORDS }, (_, i) => `key-${i}\tvalue ${i}`);
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
          await produce('kcat-group');
          const member = () =>
            kcat([
              '-G',
              'kcat-three',
              '-q',
              '-e',
              '-f',
              '%k\n',
              '-X',
              'auto.offset.reset=earliest',
              'kcat-group',
            ]);
          const outputs = await Promise.all([member(), member(), member()]);
          const keys = outputs
            .join('')
            .split('\n')
            .filter((line) => line.startsWith('key-'));
          demandEqual(new Set(keys).size, RECORDS);
        },
      },
    ],
  };
}
