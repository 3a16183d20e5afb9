import winston from 'winston';
import { lineOf, type Line } from './line.js';
import { LineSink, type LogStream } from './line_sink.js';
import type { Logger, LogFields, LogLevel, RootLogger } from './logger.js';
import { prettyFormat } from './pretty.js';

/** How a program logs. */
export interface LoggerOptions {
  /** Least level that is written. */
  readonly level: LogLevel;
  /** `auto` is pretty where the stream is a terminal, else JSON lines. */
  readonly format: 'auto' | 'json' | 'pretty';
  /** Name of the program, in every line. */
  readonly name: string;
  /** Default: process.stdout. */
  readonly stream?: LogStream;
}

const LEVELS: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/** Makes the logger of a program. Colours appear only in pretty lines on a terminal, and not with NO_COLOR. */
export function createLogger({ level, format, name, stream = process.stdout }: LoggerOptions): RootLogger {
  const sink = new LineSink(stream);
  const pretty = format === 'pretty' || (format === 'auto' && stream.isTTY === true);
  const useColors = stream.isTTY === true && stream.hasColors?.() === true;
  const render: (line: Line) => string = pretty ? prettyFormat(useColors) : JSON.stringify;
  const lines = winston.createLogger({
    level,
    levels: { ...LEVELS },
    format: winston.format.printf((line) => render(line as unknown as Line)),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston types its transports as interfaces
    transports: [new winston.transports.Stream({ stream: sink, eol: '\n' })],
  });
  return new WinstonLogger({ lines, sink, name, issued: 0 }, []);
}

/** What a logger and its children share. */
interface Output {
  readonly lines: winston.Logger;
  readonly sink: LineSink;
  readonly name: string;
  /** Lines handed to winston so far. */
  issued: number;
}

class WinstonLogger implements RootLogger {
  constructor(
    private readonly output: Output,
    private readonly bound: readonly LogFields[],
  ) {}

  debug(message: string, fields?: LogFields): void {
    this.write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.write('error', message, fields);
  }

  child(fields: LogFields): Logger {
    return new WinstonLogger(this.output, [...this.bound, fields]);
  }

  async flush(): Promise<void> {
    await this.output.sink.flushed(this.output.issued);
  }

  private write(level: LogLevel, message: string, fields: LogFields = {}): void {
    const { lines, name } = this.output;
    // Asked here because winston formats a line before it looks at the level.
    if (!lines.isLevelEnabled(level)) return;
    lines.log(lineOf({ level, message, name, fields: [...this.bound, fields] }));
    this.output.issued += 1;
  }
}
