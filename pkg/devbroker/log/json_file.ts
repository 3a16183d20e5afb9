import { dirname } from 'node:path';
import { readWholeFile, swapFile } from './atomic_file.js';
import { type FileSystem } from './file_system.js';
import { onDisk, StorageError } from './storage_error.js';

/** Raised when the content of a file changes in a way that older programs do not understand. */
const FORMAT = 1;

/** A small JSON object in a file, replaced as a whole. */
export class JsonFile<T extends object> {
  /** Whether a power cut may still bring back what was replaced. */
  private owesSync = false;

  constructor(
    private readonly fileSystem: FileSystem,
    private readonly path: string,
  ) {}

  /** The content, or null when there is no file. @throws StorageError also when it is not of this format */
  read(): T | null {
    const content = onDisk(`reading ${this.path}`, () => readWholeFile(this.fileSystem, this.path));
    if (content === null) return null;
    try {
      const { format, ...rest } = JSON.parse(content.toString()) as T & { format: unknown };
      if (format === FORMAT) return rest as unknown as T;
    } catch (error) {
      throw new StorageError(`${this.path} is damaged: it holds no JSON`, error);
    }
    throw new StorageError(`${this.path} was written by another version of the broker`);
  }

  /**
   * Replaces the content; it survives a power cut only after {@link settle}.
   * @throws StorageError; the old content is then still there
   */
  write(content: T): void {
    this.settle();
    onDisk(`writing ${this.path}`, () => {
      swapFile(this.fileSystem, this.path, `${JSON.stringify({ format: FORMAT, ...content }, null, 2)}\n`);
    });
    this.owesSync = true;
  }

  /** Makes what was written last survive a power cut. @throws StorageError; the next write then does this first */
  settle(): void {
    if (!this.owesSync) return;
    onDisk(`writing ${this.path}`, () => {
      this.fileSystem.syncFolder(dirname(this.path));
    });
    this.owesSync = false;
  }
}
