import { type Config, loadConfig, loadConfigWithSources } from '../../config/config.js';
import { configSchema } from '../../config/schema.js';
import { openOperatorTools, type OperatorTools } from '../../internal/app/index.js';
import { type EffectiveSetting, effectiveSettings } from '../../pkg/config/index.js';
import { createLogger } from '../../pkg/logger/index.js';
import { type Io } from './io.js';
import { Progress } from './progress.js';

/** The options that every command has. */
export interface CommonOptions {
  readonly json: boolean;
  /** Instead of those of the configuration. */
  readonly brokers?: string;
  /** Keys of the configuration, by path. */
  readonly set: Readonly<Record<string, string>>;
  readonly verbose: boolean;
}

/** What the commands of one run of the program share: its surroundings, its options, and how to print. */
export class Cli {
  private common: CommonOptions = { json: false, set: {}, verbose: false };

  constructor(readonly io: Io) {}

  /** The options are known: called before a command's action. */
  begin(common: CommonOptions): void {
    this.common = common;
  }

  get json(): boolean {
    return this.common.json;
  }

  get verbose(): boolean {
    return this.common.verbose;
  }

  get signal(): AbortSignal {
    return this.io.signal;
  }

  /** @throws ConfigError */
  settings(): EffectiveSetting[] {
    return effectiveSettings(configSchema, loadConfigWithSources(this.configSource()));
  }

  /**
   * Does the work with the brokers of the configuration.
   * @throws ConfigError, NotAvailable, BrokerUnreachable, what the work throws
   */
  async withKafka(work: (tools: OperatorTools) => Promise<void>): Promise<void> {
    const config: Config = loadConfig(this.configSource());
    const logger = createLogger({
      name: config.APP.NAME,
      level: this.verbose ? 'debug' : 'error',
      format: 'pretty',
      stream: this.io.stderr,
    });
    const tools = await openOperatorTools(config, logger);
    try {
      await work(tools);
    } finally {
      await tools.close();
    }
  }

  /** Prints a result: for programs as it is, for people as the text that it is turned into. */
  result<T>(value: T, asText: (value: T) => string): void {
    this.line(this.json ? JSON.stringify(value, null, 2) : asText(value));
  }

  /** Prints one of many results, each on a line of its own. */
  item<T>(value: T, asText: (value: T) => string): void {
    this.line(this.json ? JSON.stringify(value) : asText(value));
  }

  /** Says something that is no result. */
  remark(text: string): void {
    this.io.stderr.write(`${text}\n`);
  }

  /** @param what is counted, for example `sent` */
  progress(what: string): Progress {
    return new Progress(what, this.io.stderr);
  }

  private line(text: string): void {
    if (text !== '') this.io.stdout.write(`${text}\n`);
  }

  private configSource() {
    const { brokers, set } = this.common;
    const flags = { ...set, ...(brokers === undefined ? {} : { 'KAFKA.BROKERS': brokers }) };
    const { env } = this.io;
    return { flags, ...(env === undefined ? {} : { env }) };
  }
}
