import { DataFolder } from '../data_folder.js';
import { type ResolvedOptions } from '../options.js';
import { nodeFileSystem } from './file_system.js';
import { FolderStorage, type FolderStorageOptions } from './folder_storage.js';
import { memoryStorage } from './memory_storage.js';
import { type Storage } from './storage.js';

/** A folder of the machine's own files, owned until it is released. */
class OwnedFolderStorage extends FolderStorage {
  constructor(
    options: FolderStorageOptions,
    private readonly folder: DataFolder,
  ) {
    super(options);
  }

  override release(): void {
    super.release();
    this.folder.release();
  }
}

/**
 * The storage that the options ask for: memory, or a folder. A folder in another file system than the machine's is
 * not locked.
 * @throws DataFolderInUse; DataFolderUnfit; StorageError
 */
export function openStorage(options: ResolvedOptions): Storage {
  const { dataDir: path, fileSystem, partitionBytes, totalBytes } = options;
  if (path === undefined) return memoryStorage({ partitionBytes, totalBytes, usedBytes: 0 });
  if (fileSystem !== nodeFileSystem) return new FolderStorage({ ...options, path });
  const folder = DataFolder.own(path);
  try {
    return new OwnedFolderStorage({ ...options, path }, folder);
  } catch (error) {
    folder.release();
    throw error;
  }
}
