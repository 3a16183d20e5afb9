import { type ResolvedOptions } from '../options.js';
import { FolderStorage } from './folder_storage.js';
import { memoryStorage } from './memory_storage.js';
import { type Storage } from './storage.js';

/** The storage that the options ask for: a folder, or memory. @throws StorageError */
export function openStorage(options: ResolvedOptions): Storage {
  const { dataDir: path, partitionBytes, totalBytes } = options;
  return path === undefined
    ? memoryStorage({ partitionBytes, totalBytes, usedBytes: 0 })
    : new FolderStorage({ ...options, path });
}
