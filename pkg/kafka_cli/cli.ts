import { type KafkaAdmin, type KafkaDriver, type KafkaManager, type TopicSpec } from '../kafka/index.js';
import { OutputClosed } from './failures.js';
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

/** What the commands work with. */
export interface KafkaTools {
  readonly driver: KafkaDriver;
  readonly admin: KafkaAdmin;
  readonly kafka: KafkaManager;
  /** The topics of the service, and how they should be. */
  readonly topics: readonly TopicSpec[];
  /**
   * Those for messages that fail, of every group that the service has; see `failureTopicSpecs` of pkg/kafka. Asked
   * for once, when the others are there.
   */
  readonly failureTopics: () => Promise<readonly TopicSpec[]>;
  /** Sends what was accepted and ends the connections. */
  close(): Promise<void>;
}

/** Reaches the brokers. @throws ConfigError, NotAvailable, BrokerUnreachable, AccessDenied */
export type OpenKafka = (options: CommonOptions) => Promise<KafkaTools>;

/** What the commands of one run of the program share: its surroundings, its options, and how to print. */
export class Cli {
  private common: CommonOptions = { json: false, set: {}, verbose: false };

  constructor(
    readonly io: Io,
    private readonly open: OpenKafka,
  ) {}

  /** The options are known: called before a command's action. */
  begin(common: CommonOptions): void {
    this.common = common;
  }

  get options(): CommonOptions {
    return this.common;
  }

  get signal(): AbortSignal {
    return this.io.signal;
  }

  /** Does the work with the brokers. @throws what {@link OpenKafka} throws, and what the work throws */
  async withKafka(work: (tools: KafkaTools) => Promise<void>): Promise<void> {
    const tools = await this.open(this.common);
    try {
      await work(tools);
    } finally {
      await tools.close();
    }
  }

  /** Prints a result: for programs as it is, for people as the text that it is turned into. */
  result<T>(value: T, asText: (value: T) => string): void {
    this.line(this.common.json ? JSON.stringify(value, null, 2) : asText(value));
  }

  /** Prints one of many results, each on a line of its own. */
  item<T>(value: T, asText: (value: T) => string): void {
    this.line(this.common.json ? JSON.stringify(value) : asText(value));
  }

  /** For the end of what changes something. @throws when it was told to end before: not all may be done */
  checkDone(): void {
    this.signal.throwIfAborted();
  }

  /** For the end of what only shows something. @throws when it was told to end before, not where nobody reads on */
  checkShown(): void {
    const reason: unknown = this.signal.reason;
    if (!(reason instanceof OutputClosed && reason.isEnough)) this.signal.throwIfAborted();
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
}
