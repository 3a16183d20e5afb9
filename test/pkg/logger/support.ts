import { Writable } from 'node:stream';
import { createLogger, type LoggerOptions, type RootLogger } from '../../../pkg/logger/index.js';

/** A stream that keeps what was written to it, and may pretend to be a terminal. */
export class Capture extends Writable {
  text = '';

  constructor(
    readonly isTTY = false,
    private readonly colors = false,
  ) {
    super({ decodeStrings: false });
  }

  hasColors(): boolean {
    return this.colors;
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk;
    done();
  }
}

/** The text of all that `use` logs. */
export async function logged(
  options: Partial<Pick<LoggerOptions, 'level' | 'format' | 'name'>>,
  use: (logger: RootLogger) => unknown,
  stream = new Capture(),
): Promise<string> {
  const logger = createLogger({ level: 'debug', format: 'json', name: 'test', ...options, stream });
  await use(logger);
  await logger.flush();
  return stream.text;
}

/** The JSON lines of all that `use` logs. */
export async function loggedLines(use: (logger: RootLogger) => unknown): Promise<Record<string, unknown>[]> {
  const text = await logged({}, use);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The first of them. */
export async function loggedLine(use: (logger: RootLogger) => unknown): Promise<Record<string, unknown>> {
  const [line] = await loggedLines(use);
  if (line === undefined) throw new Error('Nothing was logged');
  return line;
}
