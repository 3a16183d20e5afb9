import { type Duplex } from 'node:stream';
import { encodingOf, type AnyApi } from '../wire/api.js';
import { Reader, WireError } from '../wire/reader.js';
import { Writer } from '../wire/writer.js';
import { nullableString } from '../wire/schema.js';
import { type FaultOutcome } from '../faults/faults.js';
import { type BrokerState } from '../state.js';
import { apis } from '../apis/index.js';
import { API_VERSIONS_KEY, unsupportedVersionAnswer } from '../apis/api_versions.js';
import { Frames } from './frames.js';

interface RequestHeader {
  apiKey: number;
  version: number;
  correlationId: number;
}

export interface ConnectionOptions {
  broker: BrokerState;
  nodeId: number;
  clientHost: string;
  maxFrameBytes: number;
}

/**
 * Serves one client until it goes. Requests of a connection are answered one at a time in the order in which
 * they came, as Apache Kafka does it; while one is worked on, no more is read than the stream buffers, which
 * is the back-pressure. Bytes that are no Kafka request end the connection, not the broker.
 */
export async function serveConnection(stream: Duplex, options: ConnectionOptions): Promise<void> {
  const frames = new Frames(options.maxFrameBytes);
  const gone = new AbortController();
  // A client that ended its side is not answered any more, and resets are its own affair.
  for (const event of ['end', 'close', 'error']) {
    stream.on(event, () => {
      gone.abort();
    });
  }
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      frames.push(chunk);
      for (let frame = frames.next(); frame; frame = frames.next()) {
        await answer(frame, stream, options, gone.signal);
        // A stream that the broker has destroyed tells so only later.
        if (gone.signal.aborted || stream.destroyed) return;
      }
    }
  } catch (error) {
    if (!gone.signal.aborted) options.broker.report(`connection from ${options.clientHost} closed`, error);
  } finally {
    stream.destroy();
  }
}

async function answer(
  frame: Buffer,
  stream: Duplex,
  { broker, nodeId, clientHost }: ConnectionOptions,
  signal: AbortSignal,
): Promise<void> {
  const reader = new Reader(frame);
  const header: RequestHeader = {
    apiKey: reader.int16(),
    version: reader.int16(),
    correlationId: reader.int32(),
  };
  const clientId = nullableString.read(reader, { version: 0, flexible: false }) ?? '';
  const api = apis.get(header.apiKey);
  const [lowest, highest] = api?.versions ?? [0, -1];
  if (!api || header.version < lowest || header.version > highest) {
    if (header.apiKey === API_VERSIONS_KEY) {
      await send(stream, unsupportedVersionAnswer(header.correlationId, apis));
      return;
    }
    throw new WireError(`API ${header.apiKey} version ${header.version} is not served`);
  }
  const encoding = encodingOf(api, header.version);
  if (encoding.flexible) reader.skipTags();
  const request = api.request.read(reader, encoding);
  const faults = broker.faults.befalling({ api: api.name, node: nodeId, body: request, signal });
  if (endsHere(await faults.at('before'), stream, signal)) return;
  const context = { broker, nodeId, version: header.version, clientId, clientHost, faults, signal };
  const response = await api.handle(request, context);
  const outcome = await faults.at('after');
  if (endsHere(outcome, stream, signal) || response === null) return;
  await send(stream, encodeResponse(api, header, response));
}

/** Whether a request ends without an answer, its connection with it when a fault says so. */
function endsHere(outcome: FaultOutcome, stream: Duplex, signal: AbortSignal): boolean {
  if (outcome === 'disconnect') stream.destroy();
  return outcome !== 'go on' || signal.aborted || stream.destroyed;
}

/** The chunks of one response frame, its length first. */
function encodeResponse(api: AnyApi, header: RequestHeader, response: unknown): Buffer[] {
  const encoding = encodingOf(api, header.version);
  const writer = new Writer();
  writer.int32(header.correlationId);
  // KIP-511: an ApiVersions response never has header tags, since the client may not know the version yet.
  if (encoding.flexible && api.key !== API_VERSIONS_KEY) writer.uvarint(0);
  api.response.write(writer, response, encoding);
  return writer.takeFrame();
}

async function send(stream: Duplex, chunks: Buffer[]): Promise<void> {
  if (stream.writableEnded || stream.destroyed) return;
  stream.cork();
  for (const chunk of chunks) stream.write(chunk);
  stream.uncork();
  // A client that reads slowly makes us wait, not buffer; when it goes, the wait ends too.
  if (stream.writableNeedDrain) await drained(stream);
}

function drained(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}
