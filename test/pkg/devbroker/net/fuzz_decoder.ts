import { type Broker, startBroker } from '../../../../pkg/devbroker/index.js';
import { apis } from '../../../../pkg/devbroker/apis/index.js';
import { seededRandom } from '../../../../pkg/devbroker/random.js';
import { encodingOf } from '../../../../pkg/devbroker/wire/api.js';
import { Reader } from '../../../../pkg/devbroker/wire/reader.js';
import { VirtualClock } from '../group/virtual_clock.js';
import { bytesOf, wireVectors } from '../wire/wire_vectors.js';
import { rawFrame, RawClient, requestFrame } from './raw_client.js';
import { fetchRequest, Key, metadataRequest, produceRequest } from './requests.js';

/** What became of the frames. */
export interface FuzzOutcome {
  /** Understood well enough to be answered, with errors mostly. */
  answered: number;
  /** Answered or refused only after time had passed, having waited for others till then. */
  held: number;
  /** No message: the connection was closed. */
  refused: number;
  /** Produce requests with acks=0, which are not answered. */
  unanswered: number;
  /** Frames, in hexadecimal, that should have been answered or refused and never were. */
  forgotten: string[];
  /** Messages of errors that are not the decoder's: handlers that failed. */
  failures: string[];
  /** The most memory outside the heap at any time beyond that of the start, in bytes. */
  peakBytes: number;
}

/** No time that a request can name is longer, in milliseconds: 2^31 - 1. */
const LONGEST_WAIT_MS = 2_147_483_647;

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Bytes of the length, API key, version, correlation id and client id before what is damaged. */
const HEADER_BYTES = 17;

/** Requests that get past the first checks: the recorded ones name topics that are not there. */
const MEANINGFUL: readonly (readonly [key: number, body: unknown])[] = [
  [Key.Produce, produceRequest({ topic: 'orders' })],
  [Key.Produce, produceRequest({ topic: 'orders' }, { acks: 0 })],
  [Key.Fetch, fetchRequest({ topic: 'orders' }, { maxWaitMs: 60_000, offset: 1n })],
  [Key.Metadata, metadataRequest(['orders'])],
  [
    Key.JoinGroup,
    {
      groupId: 'g',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 10_000,
      memberId: '',
      groupInstanceId: null,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.from('000000000001000674', 'hex') }],
    },
  ],
  [
    Key.OffsetCommit,
    {
      groupId: 'g',
      generationId: -1,
      memberId: '',
      groupInstanceId: null,
      retentionTimeMs: -1n,
      topics: [
        { name: 'orders', partitions: [{ partition: 0, offset: 1n, leaderEpoch: -1, metadata: 'note' }] },
      ],
    },
  ],
];

/** A request of the given kinds, damaged in up to four places, or a header with bytes of pure chance behind it. */
function randomFrame(random: (below: number) => number): Buffer {
  const served = [...apis.values()];
  const [key, meaning] = MEANINGFUL[random(2 * MEANINGFUL.length)] ?? [
    served[random(served.length)]!.key,
    null,
  ];
  const api = apis.get(key)!;
  const [lowest, highest] = api.versions;
  const version = lowest + random(highest - lowest + 1);
  const header = { key, version, correlationId: random(2 ** 31) };
  if (random(10) === 0) {
    return rawFrame(header, Buffer.from(Array.from({ length: random(80) }, () => random(256))));
  }
  const vector = wireVectors.find((one) => one.key === key && one.message === 'request')!;
  const tags = encodingOf(api, version).flexible ? [0] : [];
  let body: Buffer = meaning
    ? requestFrame(header, meaning).subarray(HEADER_BYTES)
    : Buffer.from([...tags, ...bytesOf(vector, version)]);
  for (let damages = random(5); damages > 0 && body.length > 0; damages--) {
    body = damage(body, random);
  }
  return rawFrame(header, body);
}

function damage(body: Buffer, random: (below: number) => number): Buffer {
  const at = random(body.length);
  switch (random(5)) {
    case 0:
      body[at] = random(256);
      return body;
    case 1:
      return body.subarray(0, at);
    case 2:
      return Buffer.concat([body.subarray(0, at), body.subarray(random(body.length))]);
    case 3: {
      const value = EXTREMES[random(EXTREMES.length)]!;
      if (at + 4 <= body.length) body.writeUInt32BE(value, at);
      return body;
    }
    default:
      return Buffer.concat([body.subarray(0, at), Buffer.from([random(256)]), body.subarray(at)]);
  }
}

/** Whether these bytes are a Produce request with acks=0 for which nothing need be said. */
function wantsNoAnswer(frame: Buffer): boolean {
  const api = apis.get(frame.readInt16BE(4))!;
  if (api.key !== Key.Produce) return false;
  const encoding = encodingOf(api, frame.readInt16BE(6));
  const reader = new Reader(frame.subarray(HEADER_BYTES));
  if (encoding.flexible) reader.skipTags();
  return (api.request.read(reader, encoding) as { acks: number }).acks === 0;
}

function bytesOutsideHeap(): number {
  return process.memoryUsage().external; // array buffers among it
}

/** Sends one frame over a connection of its own. @returns what became of it */
async function send(
  frame: Buffer,
  { broker, clock }: { broker: Broker; clock: VirtualClock },
): Promise<'answered' | 'held' | 'refused' | 'unanswered' | 'forgotten'> {
  const client = new RawClient(broker.connect());
  try {
    client.stream.write(frame);
    const next = client.nextFrame();
    const answer = await Promise.race([next, aFewTurns()]);
    if (answer !== undefined) return answer === null ? 'refused' : 'answered';
    await clock.advance(LONGEST_WAIT_MS);
    if ((await Promise.race([next, aFewTurns()])) !== undefined) return 'held';
    return wantsNoAnswer(frame) ? 'unanswered' : 'forgotten';
  } finally {
    client.close();
  }
}

/**
 * Sends `frames` random and damaged requests to a broker, each over a connection of its own, and returns what
 * became of them. Those that the broker holds are given more time than any request can ask for.
 * @throws when the broker does not serve a proper client afterwards
 */
export async function fuzzDecoder(frames: number, seed: number): Promise<FuzzOutcome> {
  const chance = seededRandom(seed);
  const random = (below: number) => Math.floor(chance() * below);
  const counts = { answered: 0, held: 0, refused: 0, unanswered: 0 };
  const forgotten: string[] = [];
  const failures: string[] = [];
  const clock = new VirtualClock();
  const bytesBefore = bytesOutsideHeap();
  let peakBytes = 0;
  const broker = await startBroker({
    clock,
    // Records that get old would leave the fetches with nothing to wait for; this leaves few timers, too.
    retentionCheckMs: LONGEST_WAIT_MS,
    topics: { orders: 2 },
    onProblem: (_message, error) => {
      const expected = ['WireError', 'UnansweredRefusal'];
      if (!(error instanceof Error && expected.includes(error.name))) failures.push(String(error));
    },
  });
  try {
    broker.topics.configure(broker.topics.get('orders')!, new Map([['retention.ms', '-1']]));
    for (let i = 0; i < frames; i++) {
      const frame = randomFrame(random);
      const fate = await send(frame, { broker, clock });
      if (fate === 'forgotten') forgotten.push(frame.toString('hex'));
      else counts[fate] += 1;
      peakBytes = Math.max(peakBytes, bytesOutsideHeap() - bytesBefore);
    }
    const client = new RawClient(broker.connect());
    await client.ask(Key.Metadata, 9, metadataRequest(['orders']));
    client.close();
  } finally {
    await broker.stop();
  }
  return { ...counts, forgotten, failures, peakBytes };
}

/** Long enough for every request that is answered without waiting for others. */
async function aFewTurns(): Promise<undefined> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  return undefined;
}
