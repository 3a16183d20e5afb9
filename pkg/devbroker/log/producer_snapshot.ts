import { join } from 'node:path';
import { readWholeFile, replaceFile } from './atomic_file.js';
import { type FileSystem } from './file_system.js';
import { type KnownProducer, type ProducerState, type SeenBatch } from './producer_state.js';

const FILE = 'producers.json';

/** Raised when the content changes in a way that older programs do not understand. */
const FORMAT = 1;

type InJson<T> = { readonly [K in keyof T]: T[K] extends bigint ? string : T[K] };

interface Content {
  readonly format: number;
  /** The snapshot tells of the batches before this offset. */
  readonly before: string;
  readonly producers: readonly (Omit<InJson<KnownProducer>, 'batches'> & {
    readonly batches: readonly InJson<SeenBatch>[];
  })[];
}

export interface ProducerSnapshotOptions {
  readonly fileSystem: FileSystem;
  /** The partition's folder. */
  readonly path: string;
  readonly producers: Pick<ProducerState, 'snapshot' | 'restore'>;
  readonly onProblem: (message: string, error?: unknown) => void;
}

/**
 * What a partition's removed batches told of their producers, in a file beside the segments, so that a repeated batch
 * is known as one after a restart too. Errors thrown are the operating system's.
 */
export class ProducerSnapshot {
  private readonly file: string;

  constructor(private readonly options: ProducerSnapshotOptions) {
    this.file = join(options.path, FILE);
  }

  /** Restores the producers from the file, if there is one. @returns the offset before which no batch is news */
  load(): bigint {
    const content = readWholeFile(this.options.fileSystem, this.file);
    if (content === null) return 0n;
    try {
      const { format, before, producers } = JSON.parse(content.toString()) as Content;
      if (format !== FORMAT) throw new Error(`format ${format} is unknown`);
      this.options.producers.restore(producers.map(fromJson));
      return BigInt(before);
    } catch (error) {
      this.options.onProblem(
        `${this.file} is damaged, so a repeated batch may be taken for a new one`,
        error,
      );
      return 0n;
    }
  }

  /** To be called before the batches before `offset` are removed; they must have been forced to the disk. */
  keep(offset: bigint): void {
    const { fileSystem, onProblem, producers } = this.options;
    const known = producers.snapshot(offset);
    if (known.length === 0 && !fileSystem.exists(this.file)) return;
    const content = { format: FORMAT, before: offset, producers: known };
    const text = JSON.stringify(content, (_key, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
    try {
      replaceFile(fileSystem, this.file, text);
    } catch (error) {
      // A full disk must be able to get empty. An old snapshot would refuse who went on since; none refuses nobody.
      fileSystem.remove(this.file);
      onProblem(`writing ${this.file}: after a restart a repeated batch may be taken for a new one`, error);
    }
  }
}

function fromJson({ producerId, batches, ...rest }: Content['producers'][number]): KnownProducer {
  return {
    ...rest,
    producerId: BigInt(producerId),
    batches: batches.map((batch) => ({ ...batch, baseOffset: BigInt(batch.baseOffset) })),
  };
}
