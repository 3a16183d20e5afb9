import { connect } from 'node:net';
import { splitBatches } from '../../../../pkg/devbroker/log/record_batch.js';
import { BrokerProgram } from '../../../cmd/broker/broker_program.js';
import { Random } from '../../../support/random.js';
import { RawClient } from '../net/raw_client.js';
import { fetchRequest, initProducerIdRequest, Key } from '../net/requests.js';
import { checkPartition, IdempotentWriter } from './idempotent_writer.js';

const TOPIC = 'orders';
const PARTITIONS = 3;
const WRITERS_PER_PARTITION = 2;
const GROUP = 'readers';
/** A kill comes after so many further acknowledgements at most. */
const MAX_ACKNOWLEDGED = 150;

export interface KillLoopOptions {
  /** An empty folder for the broker's data. */
  folder: string;
  rounds: number;
  seed: number;
}

export interface KillLoopOutcome {
  batches: number;
  commits: number;
}

interface Partition {
  writers: IdempotentWriter[];
  /** The last commit sent, and the last one acknowledged. */
  committing: bigint;
  committed: bigint;
}

/**
 * Kills a broker with a data folder again and again, at random moments under load, and looks after each restart
 * whether all that it acknowledged is there: batches of idempotent producers, each once, in order and unchanged, and
 * committed offsets.
 * @throws Error naming what is lost or wrong
 */
export async function killLoop({ folder, rounds, seed }: KillLoopOptions): Promise<KillLoopOutcome> {
  const loop = new KillLoop(new Random(seed));
  for (let round = 0; round <= rounds; round++) {
    const args = ['--port', '0', '--data', folder, '--topic', `${TOPIC}:${PARTITIONS}`];
    const broker = new BrokerProgram(args);
    try {
      const port = Number((await broker.serving()).split(':')[1]);
      if (round === 0) await useSmallSegments(port);
      await loop.check(port);
      if (round < rounds) await loop.load(port, broker);
      else broker.kill('SIGTERM');
      const exit = await broker.exit();
      if (round === rounds && exit !== 0)
        throw new Error(`a clean stop ended with ${exit}: ${broker.stderr}`);
    } catch (error) {
      throw new Error(`round ${round} with seed ${seed}: ${String(error)}`, { cause: error });
    } finally {
      broker.kill('SIGKILL');
      await broker.exit();
    }
  }
  return loop.outcome;
}

class KillLoop {
  private readonly partitions: Partition[] = Array.from({ length: PARTITIONS }, () => ({
    writers: [],
    committing: 0n,
    committed: 0n,
  }));
  private readonly producerIds = new Set<bigint>();

  constructor(private readonly random: Random) {}

  get outcome(): KillLoopOutcome {
    return {
      batches: this.partitions
        .flatMap(({ writers }) => writers)
        .reduce((sum, w) => sum + w.acknowledged.length, 0),
      commits: this.partitions.reduce((sum, { committed }) => sum + Number(committed), 0),
    };
  }

  /** Looks whether everything that was acknowledged is there. */
  async check(port: number): Promise<void> {
    const client = clientOf(port);
    try {
      for (const [partition, { writers, committing, committed }] of this.partitions.entries()) {
        checkPartition(await readAll(client, partition), writers);
        const found = await committedOffset(client, partition);
        if (found < committed || found > committing) {
          throw new Error(
            `offset ${found} of partition ${partition} is committed, ${committed} was acknowledged`,
          );
        }
      }
    } finally {
      client.close();
    }
  }

  /** Writes and commits until the broker, which is killed at some moment, is gone. */
  async load(port: number, broker: BrokerProgram): Promise<void> {
    const clients: RawClient[] = [];
    let left = this.random.integer(1, MAX_ACKNOWLEDGED);
    const deaf = this.random.integer(0, 1) === 0;
    const acknowledged = () => {
      if (--left > 0) return;
      broker.kill('SIGKILL');
      // Answers that are on their way get lost: what they acknowledge is sent once more after the restart.
      if (deaf) for (const client of clients) client.close();
    };
    const open = () => {
      const client = clientOf(port);
      clients.push(client);
      return client;
    };
    try {
      for (const [index, partition] of this.partitions.entries())
        await this.replaceWriter(open(), index, partition);
      await Promise.all(
        this.partitions.flatMap((partition, index) => [
          ...partition.writers
            .slice(-WRITERS_PER_PARTITION)
            .map((writer) => writer.write(open(), acknowledged)),
          commitAll(open(), index, { partition, acknowledged }),
        ]),
      );
    } finally {
      for (const client of clients) client.close();
    }
  }

  /** A new writer now and then, and in the first rounds; no producer id may come twice. */
  private async replaceWriter(client: RawClient, index: number, { writers }: Partition): Promise<void> {
    if (writers.length >= WRITERS_PER_PARTITION && this.random.integer(0, 3) > 0) return;
    const { producerId } = (await client.ask(Key.InitProducerId, 1, initProducerIdRequest)) as {
      producerId: bigint;
    };
    if (this.producerIds.has(producerId)) throw new Error(`producer id ${producerId} was handed out twice`);
    this.producerIds.add(producerId);
    writers.push(new IdempotentWriter({ topic: TOPIC, partition: index }, producerId, this.random));
  }
}

/** The smallest that are allowed, so that kills meet the begin of segments too. */
async function useSmallSegments(port: number): Promise<void> {
  const client = clientOf(port);
  const configs = [{ name: 'segment.bytes', value: '1048576' }];
  const resources = [{ resourceType: 2, resourceName: TOPIC, configs }];
  const answer = await client.ask(Key.AlterConfigs, 1, { resources, validateOnly: false });
  client.close();
  const [{ errorCode } = { errorCode: -1 }] = (answer as { responses: { errorCode: number }[] }).responses;
  if (errorCode !== 0) throw new Error(`the settings were refused with code ${errorCode}`);
}

function clientOf(port: number): RawClient {
  return new RawClient(connect(port, '127.0.0.1'));
}

interface FetchAnswer {
  topics: { partitions: { errorCode: number; highWatermark: bigint; records: Uint8Array[] }[] }[];
}

/** Every batch of a partition. */
async function readAll(client: RawClient, partition: number) {
  const found: { baseOffset: bigint; producerId: bigint; bytes: Buffer }[] = [];
  for (let offset = 0n; ;) {
    const answer = (await client.ask(
      Key.Fetch,
      11,
      fetchRequest({ topic: TOPIC, partition }, { offset }),
    )) as FetchAnswer;
    const { errorCode = -1, highWatermark = -1n, records = [] } = answer.topics[0]?.partitions[0] ?? {};
    if (errorCode !== 0)
      throw new Error(`reading offset ${offset} of partition ${partition}: code ${errorCode}`);
    if (offset === highWatermark) return found;
    const before = offset;
    for (const { header, batch } of splitBatches(Buffer.concat(records))) {
      if (header.baseOffset !== offset)
        throw new Error(`offset ${offset} of partition ${partition} is missing`);
      found.push({ baseOffset: header.baseOffset, producerId: header.producerId, bytes: batch });
      offset += BigInt(header.recordCount);
    }
    if (offset === before) throw new Error(`nothing to read at offset ${offset} of partition ${partition}`);
  }
}

interface Codes {
  topics: { partitions: { errorCode: number; offset?: bigint }[] }[];
}

async function committedOffset(client: RawClient, partition: number): Promise<bigint> {
  const body = { groupId: GROUP, topics: [{ name: TOPIC, partitions: [partition] }] };
  const { topics } = (await client.ask(Key.OffsetFetch, 4, body)) as Codes;
  const found = topics[0]?.partitions[0]?.offset ?? -1n;
  return found < 0n ? 0n : found;
}

/** Commits one offset after the other until the connection ends. */
async function commitAll(
  client: RawClient,
  index: number,
  { partition, acknowledged }: { partition: Partition; acknowledged: () => void },
): Promise<void> {
  for (;;) {
    partition.committing += 1n;
    const offset = { partition: index, offset: partition.committing, metadata: null };
    const topics = [{ name: TOPIC, partitions: [offset] }];
    const body = { groupId: GROUP, generationId: -1, memberId: '', topics };
    let answer: Codes;
    try {
      answer = (await client.ask(Key.OffsetCommit, 5, body)) as Codes;
    } catch (error) {
      if (client.stream.destroyed) return;
      throw error;
    }
    const code = answer.topics[0]?.partitions[0]?.errorCode;
    if (code !== 0)
      throw new Error(`the commit of offset ${partition.committing} was refused with code ${code}`);
    partition.committed = partition.committing;
    acknowledged();
  }
}
