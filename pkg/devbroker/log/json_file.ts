import { readWholeFile, replaceFile } from './atomic_file.js';
import { type FileSystem } from './file_system.js';
import { onDisk, StorageError } from './storage_error.js';

/** Raised when the content of a file changes in a way that older programs do not understand. */
const FORMAT = 1;

/** A small JSON object in a file, replaced as a whole. */
export class JsonFile<T extends object> {
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

  /** @throws StorageError; the old content is then still there */
  write(content: T): void {
    onDisk(`writing ${this.path}`, () => {
      replaceFile(this.fileSystem, this.path, `${JSON.stringify({ format: FORMAT, ...content }, null, 2)}\n`);
    });
  }
}
