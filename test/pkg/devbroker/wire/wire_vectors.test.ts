import { expect } from 'chai';
import { apis } from '../../../../pkg/devbroker/apis/index.js';
import { encodingOf } from '../../../../pkg/devbroker/wire/api.js';
import { Reader } from '../../../../pkg/devbroker/wire/reader.js';
import { Writer } from '../../../../pkg/devbroker/wire/writer.js';
import { bytesOf, wireVectors } from './wire_vectors.js';

/** Where this broker calls a field otherwise than the protocol does, so that a thing has one name in all APIs. */
const OUR_NAMES: Record<string, string> = {
  topic_data: 'topics',
  responses: 'topics',
  partition_data: 'partitions',
  partition_responses: 'partitions',
  topic: 'name',
  partition_index: 'partition',
  batch_index_error_message: 'message',
  generation_id_or_member_epoch: 'generationId',
  forgotten_topics_data: 'forgottenTopics',
  committed_offset: 'offset',
  committed_leader_epoch: 'leaderEpoch',
  committed_metadata: 'metadata',
  partition_indexes: 'partitions',
};

function ourName(struct: object, theirs: string): string {
  const camelCase = theirs.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const ours = camelCase in struct ? camelCase : OUR_NAMES[theirs];
  if (ours === undefined || !(ours in struct)) throw new Error(`no field for ${theirs}`);
  return ours;
}

/** As the recorder notes values: 64-bit numbers as text, bytes as hexadecimal. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  // Record batches to answer are a list of chunks.
  if (Array.isArray(value)) return Buffer.concat(value as Uint8Array[]).toString('hex');
  return value;
}

interface Leaf {
  path: string;
  decoded: unknown;
  recorded: unknown;
}

/** Every recorded value beside the decoded one. */
function* leaves(decoded: unknown, recorded: unknown, path = ''): Generator<Leaf> {
  if (typeof recorded !== 'object' || recorded === null) {
    yield { path, decoded: plain(decoded), recorded };
  } else if (Array.isArray(recorded)) {
    const elements = (decoded ?? []) as unknown[];
    for (const [i, one] of recorded.entries()) yield* leaves(elements[i], one, `${path}[${i}]`);
  } else if (typeof decoded === 'object' && decoded !== null) {
    for (const [name, value] of Object.entries(recorded)) {
      const field = ourName(decoded, name);
      yield* leaves((decoded as Record<string, unknown>)[field], value, `${path}.${field}`);
    }
  }
}

function versionsOf([lowest, highest]: readonly [number, number]): number[] {
  return Array.from({ length: highest - lowest + 1 }, (_, i) => lowest + i);
}

describe("messages beside Apache Kafka's own encoding", () => {
  for (const api of apis.values()) {
    for (const message of ['request', 'response'] as const) {
      const vectorOf = () => {
        const vector = wireVectors.find((one) => one.key === api.key && one.message === message);
        if (!vector) throw new Error('record it with RecordWireVectors.java');
        return vector;
      };

      it(`${api.name} ${message}s of all versions are read to the last byte and written the same`, () => {
        for (const version of versionsOf(api.versions)) {
          const bytes = bytesOf(vectorOf(), version);
          const reader = new Reader(bytes);
          const value = api[message].read(reader, encodingOf(api, version));
          expect(reader.remaining, `bytes left of version ${version}`).to.equal(0);
          const writer = new Writer();
          api[message].write(writer, value, encodingOf(api, version));
          const written = Buffer.concat(writer.takeFrame().slice(1)).toString('hex');
          expect(written, `version ${version}`).to.equal(bytes.toString('hex'));
        }
      });

      it(`${api.name} ${message}s have each field where the protocol has it`, () => {
        const found = new Map<string, { recorded: unknown; decoded: unknown[] }>();
        for (const version of versionsOf(api.versions)) {
          const reader = new Reader(bytesOf(vectorOf(), version));
          const value = api[message].read(reader, encodingOf(api, version));
          for (const { path, decoded, recorded } of leaves(value, vectorOf().values)) {
            const field = found.get(path) ?? { recorded, decoded: [] };
            field.decoded.push(decoded);
            found.set(path, field);
          }
        }
        for (const [path, { recorded, decoded }] of found) {
          // One run of versions carries a field; the others all read the same stand-in for it.
          const run = decoded.map((value) => value === recorded);
          expect(run, path).to.include(true);
          expect(run.join().match(/true(,true)*/g), path).to.have.length(1);
          const standIns = new Set(decoded.filter((value) => value !== recorded));
          expect([...standIns], `what stands for ${path} where it is not carried`).to.have.length.at.most(1);
        }
      });
    }
  }
});
