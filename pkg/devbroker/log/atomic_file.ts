import { dirname } from 'node:path';
import { type FileSystem } from './file_system.js';

/**
 * Writes a whole file so that a crash at any moment leaves the old content or the new, never a mixture. When it throws,
 * the new content may be there all the same, though not for good.
 */
export function replaceFile(fileSystem: FileSystem, path: string, content: string | Buffer): void {
  swapFile(fileSystem, path, content);
  fileSystem.syncFolder(dirname(path));
}

/**
 * The same without waiting until the exchange would survive a power cut: until the folder is synced either content
 * may be back. When it throws, the old content is there.
 */
export function swapFile(fileSystem: FileSystem, path: string, content: string | Buffer): void {
  const draft = `${path}.tmp`;
  const file = fileSystem.create(draft);
  try {
    file.write(Buffer.from(content), 0);
    file.sync();
  } finally {
    file.close();
  }
  fileSystem.rename(draft, path);
}

/** The content of a file, or null when there is none. */
export function readWholeFile(fileSystem: FileSystem, path: string): Buffer | null {
  if (!fileSystem.exists(path)) return null;
  const file = fileSystem.open(path);
  try {
    const content = Buffer.alloc(file.size());
    return content.subarray(0, file.read(content, 0));
  } finally {
    file.close();
  }
}
