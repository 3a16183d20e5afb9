import { join } from 'node:path';
import { type Clock } from '../clock.js';
import { type OffsetsStore } from '../group/offsets.js';
import { type FileSystem } from './file_system.js';
import { type Fsync, Syncer } from './fsync.js';
import { JsonFile } from './json_file.js';
import { newClusterId } from './memory_storage.js';
import { OffsetsLog } from './offsets_log.js';
import { SegmentStore } from './segment_store.js';
import { onDisk, StorageError } from './storage_error.js';
import { type LogRequest, type Storage, type StoredTopic } from './storage.js';
import { type LogStore } from './store.js';

/** As much of a topic's name as its folder shows; the rest of a path may be long. */
const SHOWN_NAME_LENGTH = 80;

/** Ends the name of a folder that is being removed. */
const DELETED = '.deleted';

interface Cluster {
  readonly clusterId: string;
  readonly topics: readonly StoredTopic[];
}

export interface FolderStorageOptions {
  readonly path: string;
  readonly fileSystem: FileSystem;
  readonly fsync: Fsync;
  readonly clock: Clock;
  readonly onProblem: (message: string, error?: unknown) => void;
}

/**
 * A broker's data in a folder:
 *
 * - `cluster.json`: the cluster's id and the topics with their settings
 * - `producer-ids.json`: up to where producer ids are handed out
 * - `offsets.log`: the committed offsets
 * - `topics/<name>.<id>/<partition>/`: the segments of each partition. The id keeps apart topics whose names differ
 *   in case only, and a topic from a deleted one of its name; a folder that is being removed ends in `.deleted`
 * - `orphans/`: folders of topics that `cluster.json` does not know, which nobody has deleted either
 *
 * Nothing here keeps a second process away: the folder must be one's own.
 */
export class FolderStorage implements Storage {
  readonly clusterId: string;
  readonly offsets: OffsetsStore;
  topics: readonly StoredTopic[];
  firstFreeProducerId: bigint;
  private readonly syncer: Syncer;
  private readonly cluster: JsonFile<Cluster>;
  private readonly producerIds: JsonFile<{ firstFree: string }>;
  private readonly offsetsLog: OffsetsLog;
  private readonly topicsPath: string;
  private closed = false;

  /** Opens the folder, or begins one, removes what was left of deleted topics, and puts aside what belongs to none. @throws StorageError */
  constructor(private readonly options: FolderStorageOptions) {
    const { path, fileSystem, fsync, clock, onProblem } = options;
    this.syncer = new Syncer(fsync, clock, onProblem);
    this.topicsPath = join(path, 'topics');
    onDisk(`opening ${path}`, () => {
      fileSystem.makeFolder(this.topicsPath);
      // What is read here must not change back by a power cut after others were told of it.
      fileSystem.syncFolder(path);
    });
    this.cluster = new JsonFile(fileSystem, join(path, 'cluster.json'));
    this.producerIds = new JsonFile(fileSystem, join(path, 'producer-ids.json'));
    const known = this.cluster.read();
    this.clusterId = known?.clusterId ?? newClusterId();
    this.topics = known?.topics ?? [];
    if (!known) this.saveTopics([]);
    this.firstFreeProducerId = BigInt(this.producerIds.read()?.firstFree ?? 1);
    this.clearTopicsFolder();
    this.offsetsLog = new OffsetsLog(
      { fileSystem, syncer: this.syncer },
      join(path, 'offsets.log'),
      onProblem,
    );
    this.offsets = this.offsetsLog;
  }

  saveTopics(topics: readonly StoredTopic[]): void {
    this.checkOpen();
    this.cluster.write({ clusterId: this.clusterId, topics });
    this.topics = topics;
    try {
      this.cluster.settle();
    } catch (error) {
      // The next start reads this list, so the change has happened; only a power cut could take it back.
      this.options.onProblem('a change of the topics may not survive a power cut', error);
    }
  }

  reserveProducerIds(id: bigint): void {
    this.checkOpen();
    this.producerIds.write({ firstFree: id.toString() });
    // Ids that a power cut would let be given out twice are not given out.
    this.producerIds.settle();
    this.firstFreeProducerId = id;
  }

  openLog({ topic, partition, ...request }: LogRequest): LogStore {
    this.checkOpen();
    const { fileSystem, onProblem } = this.options;
    const path = join(this.topicsPath, folderOf(topic), partition.toString());
    return new SegmentStore({ fileSystem, syncer: this.syncer, path, onProblem, ...request });
  }

  removeLogs(topic: Pick<StoredTopic, 'name' | 'id'>): void {
    this.checkOpen();
    const { fileSystem } = this.options;
    const path = join(this.topicsPath, folderOf(topic));
    onDisk(`removing a deleted topic's records`, () => {
      if (!fileSystem.exists(path)) return;
      fileSystem.rename(path, path + DELETED);
      fileSystem.remove(path + DELETED);
    });
  }

  close(): void {
    this.closed = true;
    this.offsetsLog.close();
    this.syncer.close();
  }

  release(): void {
    this.close();
  }

  private checkOpen(): void {
    if (this.closed) throw new StorageError(`${this.options.path} is closed`);
  }

  /** Only what was deleted goes for good: records that the list of topics has lost are worth more than their space. */
  private clearTopicsFolder(): void {
    const { path, fileSystem, onProblem } = this.options;
    const known = new Set(this.topics.map(folderOf));
    onDisk(`clearing ${this.topicsPath}`, () => {
      for (const folder of fileSystem.list(this.topicsPath)) {
        const found = join(this.topicsPath, folder);
        if (folder.endsWith(DELETED)) {
          fileSystem.remove(found);
        } else if (!known.has(folder)) {
          const orphan = join(path, 'orphans', folder);
          fileSystem.makeFolder(join(path, 'orphans'));
          fileSystem.rename(found, orphan);
          onProblem(`no topic owns the records in ${found}; they were moved to ${orphan}`);
        }
      }
    });
  }
}

function folderOf({ name, id }: Pick<StoredTopic, 'name' | 'id'>): string {
  return `${name.slice(0, SHOWN_NAME_LENGTH)}.${id}`;
}
