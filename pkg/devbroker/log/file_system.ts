import {
  closeSync,
  constants,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';

/** An open file. Every call throws the operating system's error, for example ENOSPC or EIO. */
export interface OpenFile {
  /** Bytes in the file. */
  size(): number;
  /** Fills `target` from `position` on. @returns how many bytes there were, fewer only at the end */
  read(target: Buffer, position: number): number;
  /** Writes all of `bytes` at `position`. When it throws, any part of them may have been written. */
  write(bytes: Buffer, position: number): void;
  truncate(size: number): void;
  /** Returns when everything written so far would survive a power cut. */
  sync(): void;
  close(): void;
}

/** The few calls on files that the broker's data needs, so that a test can let each of them fail. */
export interface FileSystem {
  exists(path: string): boolean;
  /** Makes a folder and those above it, for good; one that exists is fine. */
  makeFolder(path: string): void;
  /** The names in a folder, in no particular order. */
  list(folder: string): string[];
  /** Opens an existing file for reading and writing. */
  open(path: string): OpenFile;
  /** Makes an empty file, also in the place of another. */
  create(path: string): OpenFile;
  /** Puts a file in the place of another in one step. */
  rename(from: string, to: string): void;
  /** Removes a file, or a folder with all in it; nothing there is fine. */
  remove(path: string): void;
  /** Returns when the names made, renamed and removed in the folder would survive a power cut. */
  syncFolder(path: string): void;
}

class NodeFile implements OpenFile {
  constructor(private readonly descriptor: number) {}

  size(): number {
    return fstatSync(this.descriptor).size;
  }

  read(target: Buffer, position: number): number {
    let done = 0;
    while (done < target.length) {
      const bytes = readSync(this.descriptor, target, done, target.length - done, position + done);
      if (bytes === 0) break;
      done += bytes;
    }
    return done;
  }

  write(bytes: Buffer, position: number): void {
    // A nearly full disk takes a part of the bytes first and refuses the rest at the next call.
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.descriptor, bytes, done, bytes.length - done, position + done);
    }
  }

  truncate(size: number): void {
    ftruncateSync(this.descriptor, size);
  }

  sync(): void {
    fdatasyncSync(this.descriptor);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** Makes the names in a folder survive a power cut. */
function syncFolder(path: string): void {
  // Windows cannot open folders; its file systems journal names by themselves.
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function makeFolder(path: string): void {
  const highest = mkdirSync(path, { recursive: true });
  if (highest === undefined) return;
  const last = dirname(resolve(highest));
  let parent = resolve(path);
  do {
    parent = dirname(parent);
    syncFolder(parent);
  } while (parent !== last);
}

/** The machine's own files. */
export const nodeFileSystem: FileSystem = {
  exists: existsSync,
  makeFolder,
  list: (folder) => readdirSync(folder),
  open: (path) => new NodeFile(openSync(path, constants.O_RDWR)),
  create: (path) =>
    new NodeFile(openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC, 0o644)),
  rename: renameSync,
  remove: (path) => {
    rmSync(path, { recursive: true, force: true });
  },
  syncFolder,
};
