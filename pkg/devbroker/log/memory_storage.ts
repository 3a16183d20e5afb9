import { randomBytes } from 'node:crypto';
import { memoryOffsetsStore } from '../group/offsets.js';
import { type MemoryBudget, MemoryStore } from './memory_store.js';
import { type LogRequest, type Storage } from './storage.js';

/** A name for a new cluster: 16 random bytes, as in Apache Kafka. */
export function newClusterId(): string {
  return randomBytes(16).toString('base64url');
}

/** Keeps everything as long as the process lives, the records under a byte cap. */
export function memoryStorage(budget: MemoryBudget): Storage {
  return {
    clusterId: newClusterId(),
    offsets: memoryOffsetsStore,
    topics: [],
    firstFreeProducerId: 1n,
    saveTopics: () => undefined,
    reserveProducerIds: () => undefined,
    openLog: ({ settings }: LogRequest) => new MemoryStore(budget, settings),
    removeLogs: () => undefined,
    close: () => undefined,
    release: () => undefined,
  };
}
