import { PassThrough, Readable } from 'node:stream';
import { runCli } from '../../../cmd/cli/run.js';

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly brokers?: readonly string[];
  readonly env?: Record<string, string>;
  readonly input?: string;
  /** Instead of `input`. */
  readonly stdin?: Readable;
  readonly signal?: AbortSignal;
  /** Is told what the program has written to its standard output so far. */
  readonly onOutput?: (stdout: string) => void;
}

/** Runs the command line in this process, as cmd/cli does. */
export async function cli(args: readonly string[], options: RunOptions = {}): Promise<CliRun> {
  const { brokers, env = {}, input = '', signal = new AbortController().signal, onOutput } = options;
  const text = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') =>
    new PassThrough().setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      onOutput?.(text.stdout);
    });
  const io = {
    stdin: options.stdin ?? Readable.from(input === '' ? [] : [input]),
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    signal,
  };
  const named = brokers === undefined ? {} : { KAFKA_BROKERS: brokers.join(',') };
  const code = await runCli(args, io, { ...named, ...env });
  return { code, ...text };
}

/** Runs it with --json and reads the result; rejects when it fails. */
export async function cliJson<T>(args: readonly string[], options: RunOptions = {}): Promise<T> {
  const { code, stdout, stderr } = await cli([...args, '--json'], options);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
