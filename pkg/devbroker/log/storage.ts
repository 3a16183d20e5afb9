import { type OffsetsStore } from '../group/offsets.js';
import { type ProducerState } from './producer_state.js';
import { type BatchHeader } from './record_batch.js';
import { type LogSettings } from './settings.js';
import { type LogStore } from './store.js';

/** What is kept of a topic besides its records. */
export interface StoredTopic {
  readonly name: string;
  /** A UUID. */
  readonly id: string;
  /** How many partitions it has. */
  readonly partitions: number;
  /** Settings that differ from the defaults. */
  readonly configs: Readonly<Record<string, string>>;
}

/** Where a range of producer ids is reserved before any of them is handed out. */
export interface ProducerIdStore {
  /** The lowest id that no earlier range holds. */
  readonly firstFreeProducerId: bigint;
  /** Reserves all ids below `id`. @throws StorageError when that cannot be written down */
  reserveProducerIds(id: bigint): void;
}

/** Which partition's log to open, and how. */
export interface LogRequest {
  readonly topic: Pick<StoredTopic, 'name' | 'id'>;
  readonly partition: number;
  /** Asked each time anew, so that a changed setting counts at once. */
  readonly settings: () => LogSettings;
  /** Told each batch that is already there, in order, before the call returns. */
  readonly visit: (header: BatchHeader) => void;
  /** Asked before batches are removed, and given the answer back before any batch is visited. */
  readonly producers: Pick<ProducerState, 'snapshot' | 'restore'>;
}

/** Everything that a broker keeps, in memory or in a folder. Methods throw StorageError when the disk refuses. */
export interface Storage extends ProducerIdStore {
  /** Names the cluster; it is the same as long as the data is. */
  readonly clusterId: string;
  readonly offsets: OffsetsStore;
  /** The topics as they were last saved. */
  readonly topics: readonly StoredTopic[];
  /** Keeps this list of topics in the place of the last one, whole or not at all. */
  saveTopics(topics: readonly StoredTopic[]): void;
  openLog(request: LogRequest): LogStore;
  /** Removes all logs of a topic that is in the list no more; they are closed. */
  removeLogs(topic: Pick<StoredTopic, 'name' | 'id'>): void;
  /**
   * Ends what is under way; the logs are closed before, by those who opened them. Every change is refused from then
   * on. May be called more than once.
   */
  close(): void;
  /** Lets others have the data, once nobody uses this any more. May be called more than once. */
  release(): void;
}
