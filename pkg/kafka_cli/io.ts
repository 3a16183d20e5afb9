import { type Readable } from 'node:stream';
import { type LogStream } from '../logger/index.js';

/** What the program has of its surroundings. */
export interface Io {
  /** Results go here. */
  readonly stdout: LogStream;
  /** Progress, remarks and failures go here. */
  readonly stderr: LogStream;
  /** Read by commands that take their input there. */
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Aborted when the user no longer wants it, and with an `OutputClosed` when `stdout` takes no more. */
  readonly signal: AbortSignal;
}
