/**
 * - `unreachable`: no broker could be connected to, or none lets this client in
 * - `unknown-topic`: a topic of the call does not exist
 * - `unknown-partition`: the topic is there, and has no such partition
 * - `refused`: the broker looked at the request and refused it for good
 * - `rebalancing`, `membership-lost`: the group goes on without this generation
 * - `failed`: anything else; what the call did is not known
 */
export type DriverErrorReason =
  | 'unreachable'
  | 'unknown-topic'
  | 'unknown-partition'
  | 'refused'
  | 'rebalancing'
  | 'membership-lost'
  | 'failed';

/** A client's error in neutral terms; `cause` is the original. */
export class DriverError extends Error {
  override readonly name = 'DriverError';

  constructor(
    readonly reason: DriverErrorReason,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly protocolError?: string | undefined;
      readonly topic?: string;
      readonly partition?: number;
      readonly denied?: boolean;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.protocolError = options.protocolError;
    this.topic = options.topic;
    this.partition = options.partition;
    this.denied = options.denied ?? false;
  }

  /** The protocol's name for it, e.g. `MESSAGE_TOO_LARGE`, where the broker sent one. */
  readonly protocolError: string | undefined;
  /** The topic at fault, where one is known. */
  readonly topic: string | undefined;
  /** The partition at fault, with `unknown-partition`. */
  readonly partition: number | undefined;
  /** With `unreachable`: a broker was there, but it or this client did not accept the other. */
  readonly denied: boolean;
}
