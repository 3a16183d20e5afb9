import { type Duplex } from 'node:stream';
import { apis } from '../../../../pkg/devbroker/apis/index.js';
import { Frames } from '../../../../pkg/devbroker/net/frames.js';
import { encodingOf } from '../../../../pkg/devbroker/wire/api.js';
import { Reader } from '../../../../pkg/devbroker/wire/reader.js';
import { Writer } from '../../../../pkg/devbroker/wire/writer.js';

export interface RequestFrame {
  key: number;
  version: number;
  correlationId?: number;
  clientId?: string | null;
}

/** A request as bytes, its length first. @throws when the API is not served */
export function requestFrame(header: RequestFrame, body: unknown): Buffer {
  const api = apis.get(header.key);
  if (!api) throw new Error(`API ${header.key} is not served`);
  const encoding = encodingOf(api, header.version);
  const writer = new Writer();
  writeHeader(writer, header);
  if (encoding.flexible) writer.uvarint(0);
  api.request.write(writer, body, encoding);
  return Buffer.concat(writer.takeFrame());
}

/** A request of any bytes behind a proper header, flexible or not. */
export function rawFrame(header: RequestFrame, body: Uint8Array): Buffer {
  const writer = new Writer();
  writeHeader(writer, header);
  writer.bytes(body);
  return Buffer.concat(writer.takeFrame());
}

function writeHeader(
  writer: Writer,
  { key, version, correlationId = 0, clientId = 'raw' }: RequestFrame,
): void {
  writer.int16(key);
  writer.int16(version);
  writer.int32(correlationId);
  const name = Buffer.from(clientId ?? '');
  writer.int16(clientId === null ? -1 : name.length);
  writer.bytes(name);
}

/** A client that speaks the protocol's bytes: no retries, no own opinion of what may be sent. */
export class RawClient {
  private readonly frames = new Frames(2 ** 30);
  private readonly waiting: ((frame: Buffer | null) => void)[] = [];
  private readonly received: Buffer[] = [];
  private lastCorrelationId = 0;
  /** Settles when the broker has closed the connection, or {@link close} was called. */
  readonly closed: Promise<void>;
  private isClosed = false;

  constructor(readonly stream: Duplex) {
    // A reset is an end as any other.
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => {
      this.frames.push(chunk);
      for (let frame = this.frames.next(); frame; frame = this.frames.next()) this.received.push(frame);
      this.deliver();
    });
    this.closed = new Promise((resolve) => {
      stream.once('close', () => {
        this.isClosed = true;
        this.deliver();
        resolve();
      });
    });
  }

  /** Asks and waits for the answer. @throws when the connection ends without one */
  async ask(key: number, version: number, body: unknown): Promise<unknown> {
    this.lastCorrelationId += 1;
    const correlationId = this.lastCorrelationId;
    this.stream.write(requestFrame({ key, version, correlationId }, body));
    const frame = await this.nextFrame();
    if (!frame) throw new Error(`the connection ended without an answer to API ${key}`);
    if (frame.readInt32BE() !== correlationId) throw new Error('this is the answer to another request');
    return answerIn(frame, key, version);
  }

  /** The next frame without its length, or null when the connection has ended. */
  nextFrame(): Promise<Buffer | null> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.deliver();
    });
  }

  close(): void {
    this.stream.destroy();
  }

  private deliver(): void {
    while (this.waiting.length > 0 && (this.received.length > 0 || this.isClosed)) {
      this.waiting.shift()?.(this.received.shift() ?? null);
    }
  }
}

/** Decodes an answer's frame, its header included. */
export function answerIn(frame: Buffer, key: number, version: number): unknown {
  const api = apis.get(key);
  if (!api) throw new Error(`API ${key} is not served`);
  const encoding = encodingOf(api, version);
  const reader = new Reader(frame.subarray(4));
  // KIP-511: only the answer to ApiVersions never has tags in its header.
  if (encoding.flexible && key !== 18) reader.skipTags();
  const answer = api.response.read(reader, encoding);
  if (reader.remaining > 0) throw new Error(`${reader.remaining} bytes are left`);
  return answer;
}
