import { placeBatch } from '../../../../pkg/devbroker/log/record_batch.js';
import { type Random } from '../../../support/random.js';
import { batch } from '../log/batches.js';
import { answerIn, type RawClient, requestFrame } from '../net/raw_client.js';
import { Key, produceRequest } from '../net/requests.js';

/** As many requests as a broker remembers of a producer; more in flight could not be repeated safely. */
const IN_FLIGHT = 5;

interface ProduceAnswer {
  topics: { partitions: { errorCode: number; baseOffset: bigint }[] }[];
}

/**
 * An idempotent producer of one partition that knows exactly what it has sent: after a lost connection it repeats
 * what was not acknowledged, with the same sequence numbers, and then goes on.
 */
export class IdempotentWriter {
  /** Every batch ever sent, in order, as it was sent. */
  readonly sent: Buffer[] = [];
  /** The offset of each acknowledged batch; always those of the first batches sent. */
  readonly acknowledged: bigint[] = [];
  private nextSequence = 0;

  constructor(
    private readonly place: { topic: string; partition: number },
    readonly producerId: bigint,
    private readonly random: Random,
  ) {}

  /** Sends over this connection until it ends. @throws when the broker refuses a batch */
  async write(client: RawClient, onAcknowledged: () => void): Promise<void> {
    let next = this.acknowledged.length;
    for (;;) {
      for (; next < this.acknowledged.length + IN_FLIGHT; next++)
        this.send(client, this.sent[next] ?? this.add());
      const frame = await client.nextFrame();
      if (!frame) return;
      const { topics } = answerIn(frame, Key.Produce, 7) as ProduceAnswer;
      const { errorCode = -1, baseOffset = -1n } = topics[0]?.partitions[0] ?? {};
      if (errorCode !== 0)
        throw new Error(`batch ${this.acknowledged.length} was refused with code ${errorCode}`);
      this.acknowledged.push(baseOffset);
      onAcknowledged();
    }
  }

  private add(): Buffer {
    const values = Array.from({ length: this.random.integer(1, 5) }, () =>
      'v'.repeat(this.random.integer(0, 8000)),
    );
    const bytes = batch({
      values,
      producerId: this.producerId,
      producerEpoch: 0,
      baseSequence: this.nextSequence,
    });
    this.nextSequence += values.length;
    this.sent.push(bytes);
    return bytes;
  }

  private send(client: RawClient, bytes: Buffer): void {
    client.stream.write(
      requestFrame({ key: Key.Produce, version: 7 }, produceRequest(this.place, { records: bytes })),
    );
  }
}

/**
 * Compares what a partition holds with what its writers know.
 * @throws Error naming the first acknowledged batch that is missing, or any batch that is changed, out of order,
 * there twice, or from nobody
 */
export function checkPartition(
  stored: readonly { baseOffset: bigint; producerId: bigint; bytes: Buffer }[],
  writers: readonly IdempotentWriter[],
): void {
  const seen = new Map(writers.map((writer) => [writer.producerId, { writer, count: 0 }]));
  for (const { baseOffset, producerId, bytes } of stored) {
    const known = seen.get(producerId);
    if (!known) throw new Error(`offset ${baseOffset} is from producer ${producerId}, who never wrote here`);
    const { writer, count } = known;
    const expected = Buffer.from(writer.sent[count] ?? []);
    if (expected.length > 0) placeBatch(expected, baseOffset, 0);
    if (!bytes.equals(expected)) {
      throw new Error(`offset ${baseOffset} does not hold batch ${count} of producer ${producerId}`);
    }
    const told = writer.acknowledged[count];
    if (told !== undefined && told !== baseOffset) {
      throw new Error(
        `batch ${count} of producer ${producerId} is at ${baseOffset}, but was acknowledged at ${told}`,
      );
    }
    known.count++;
  }
  for (const { writer, count } of seen.values()) {
    if (count < writer.acknowledged.length) {
      throw new Error(`batch ${count} of producer ${writer.producerId} was acknowledged and is lost`);
    }
  }
}
