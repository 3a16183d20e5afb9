import { systemClock } from '../../../../pkg/devbroker/clock.js';
import { type Fsync, Syncer } from '../../../../pkg/devbroker/log/fsync.js';
import { ProducerState } from '../../../../pkg/devbroker/log/producer_state.js';
import { SegmentStore } from '../../../../pkg/devbroker/log/segment_store.js';
import { logSettings } from '../../../../pkg/devbroker/log/settings.js';
import { type LogStore } from '../../../../pkg/devbroker/log/store.js';
import { type Call, FakeFileSystem } from './fake_file_system.js';

export const MANY = 1_000_000;
const FOLDER = '/data/orders-0';
export const FIRST_FILE = `${FOLDER}/${'0'.repeat(20)}.log`;

/** A partition's folder on a fake disk, which can be opened again and again. */
export class StoreFolder {
  readonly disk = new FakeFileSystem();
  readonly problems: string[] = [];
  visited: bigint[] = [];
  configs: Record<string, string> = {};

  open(fsync: Fsync = 'none'): SegmentStore {
    this.visited = [];
    const onProblem = (message: string) => this.problems.push(message);
    return new SegmentStore({
      fileSystem: this.disk,
      path: FOLDER,
      syncer: new Syncer(fsync, systemClock, onProblem),
      settings: () => logSettings(new Map(Object.entries(this.configs))),
      visit: ({ baseOffset }) => this.visited.push(baseOffset),
      producers: new ProducerState(),
      onProblem,
    });
  }

  get segmentFiles(): string[] {
    return this.disk.paths().filter((path) => path.endsWith('.log'));
  }
}

/** All that a store keeps, in one piece. */
export function everything(store: LogStore): Buffer {
  return Buffer.concat(store.read(store.startOffset, MANY));
}

/** The first offset of a store and the one behind its last. */
export function ends(store: LogStore): bigint[] {
  return [store.startOffset, store.endOffset];
}

/** Lets one kind of call fail until the returned function is called. */
export function breakDisk(disk: FakeFileSystem, call: Call, code = 'EIO'): () => void {
  disk.fail = (made) => (made === call ? code : undefined);
  return () => (disk.fail = () => undefined);
}
