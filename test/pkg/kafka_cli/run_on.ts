import { PassThrough, Readable } from 'node:stream';
import { type KafkaTools, runKafkaCli } from '../../../pkg/kafka_cli/index.js';

/** Runs a command on tools of which only what it uses need be there. */
export async function runOn(
  tools: object,
  args: readonly string[],
  {
    stdin = Readable.from([]),
    signal = new AbortController().signal,
  }: { stdin?: Readable; signal?: AbortSignal } = {},
) {
  const text = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') =>
    new PassThrough().setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  const open = async () => ({ close: async () => undefined, ...tools }) as unknown as KafkaTools;
  const io = { stdin, stdout: stream('stdout'), stderr: stream('stderr'), signal };
  const code = await runKafkaCli({ name: 'orders', description: 'Tools of orders.', open }, args, io);
  return { code, ...text };
}
