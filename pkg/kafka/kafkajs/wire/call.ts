import type { Reader } from './reader.js';
import type { Writer } from './writer.js';

/** A request of the protocol in one version, and how its answer is read. */
export interface Call<T> {
  readonly api: { readonly key: number; readonly name: string; readonly version: number };
  /** Milliseconds that the node may take beyond the client's own limit for requests. */
  readonly timeoutMs?: number;
  /** Writes the body; called once, right before the bytes leave. */
  write(to: Writer): void | Promise<void>;
  /** Reads the body. `throttleMs` is how long the node wants the client to hold back. */
  read(from: Reader): { readonly body: T; readonly throttleMs: number };
}
