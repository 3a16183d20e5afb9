import type { ReadRecord } from './driver.js';

/** Text is sent as UTF-8. Do not change the bytes before the message is acknowledged. */
export type Bytes = string | Uint8Array;

/** Headers to send; an array sends the name once per value. */
export type OutgoingHeaders = Readonly<Record<string, Bytes | readonly Bytes[]>>;

/** A message to send. */
export interface OutgoingMessage {
  readonly topic: string;
  /** Messages of one key keep their order. Null or left out: any partition. */
  readonly key?: Bytes | null | undefined;
  /** Null is a tombstone. */
  readonly value: Bytes | null;
  readonly headers?: OutgoingHeaders | undefined;
  /** Milliseconds since the epoch; the time of the call by default. */
  readonly timestamp?: number | undefined;
  /** Overrides the choice by key. */
  readonly partition?: number | undefined;
}

/** Where a message was stored. `offset` is decimal text, since offsets are 64-bit and JSON numbers are not. */
export interface PublishReceipt {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/**
 * A message as a handler gets it, the same in every attempt. Its buffers may be slices of a large response:
 * copy what is kept after the handler has returned.
 */
export type IncomingMessage = ReadRecord;

/** What a handler gets besides the message. */
export interface HandlerContext {
  /** 1 for the first call of the handler with this message in this process, then one more for each. */
  readonly attempt: number;
  /** The topic that the handler was registered for; the message may come from one of its retry topics. */
  readonly topic: string;
  /** Aborted when the handler's time is up, or when the consumer stops or loses the partition. */
  readonly signal: AbortSignal;
}

/**
 * Handles one message. A message counts as done when the promise resolves, unless the signal was aborted
 * before; a rejection is retried. A message may be delivered more than once.
 */
export type MessageHandler = (message: IncomingMessage, context: HandlerContext) => Promise<void>;
