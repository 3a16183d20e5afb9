import { type Environment } from '../../pkg/config/index.js';
import { type LogStream } from '../../pkg/logger/index.js';

/** What the program has of its surroundings. */
export interface Io {
  /** Results go here. */
  readonly stdout: LogStream;
  /** Progress, remarks and failures go here. */
  readonly stderr: LogStream;
  /** Read by commands that take their input there. */
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** Default: that of the process. */
  readonly env?: Environment;
  /** Aborted when the user no longer wants it. */
  readonly signal: AbortSignal;
}
