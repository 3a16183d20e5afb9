import { dirname } from 'node:path';
import { type FileSystem, type OpenFile } from '../../../../pkg/devbroker/log/file_system.js';

interface Node {
  data: Buffer;
  /** What a power cut leaves of it. */
  durable: Buffer;
}

/** The calls that a test can let fail. */
export type Call =
  'list' | 'open' | 'create' | 'read' | 'write' | 'truncate' | 'sync' | 'rename' | 'remove' | 'syncFolder';

function systemError(code: string, syscall: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${syscall} '${path}'`), { code, syscall, path });
}

/** Files in memory, on a disk that can be full, can fail, and can lose what was not forced to it. */
export class FakeFileSystem implements FileSystem {
  /** Bytes that fit; a write that finds too little room leaves its beginning behind, as a real one does. */
  capacity = Infinity;
  /** Returns the code of the error to throw from a call, or undefined to let it pass. */
  fail: (call: Call, path: string) => string | undefined = () => undefined;
  openFiles = 0;
  private names = new Map<string, Node>();
  private durableNames = new Map<string, Node>();
  private readonly folders = new Set<string>();

  exists(path: string): boolean {
    if (this.names.has(path) || this.folders.has(path)) return true;
    return [...this.names.keys()].some((name) => name.startsWith(`${path}/`));
  }

  makeFolder(path: string): void {
    for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) this.folders.add(folder);
  }

  list(folder: string): string[] {
    this.check('list', folder);
    const below = [...this.names.keys(), ...this.folders].filter((path) => path.startsWith(`${folder}/`));
    return [...new Set(below.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))];
  }

  open(path: string): OpenFile {
    this.check('open', path);
    const node = this.names.get(path);
    if (!node) throw systemError('ENOENT', 'open', path);
    return this.handle(path, node);
  }

  create(path: string): OpenFile {
    this.check('create', path);
    const node = { data: Buffer.alloc(0), durable: Buffer.alloc(0) };
    this.names.set(path, node);
    return this.handle(path, node);
  }

  rename(from: string, to: string): void {
    this.check('rename', from);
    if (!this.exists(from)) throw systemError('ENOENT', 'rename', from);
    const moved = (path: string) => path === from || path.startsWith(`${from}/`);
    for (const [name, node] of [...this.names]) {
      if (!moved(name)) continue;
      this.names.delete(name);
      this.names.set(to + name.slice(from.length), node);
    }
    for (const name of [...this.folders]) {
      if (moved(name) && this.folders.delete(name)) this.folders.add(to + name.slice(from.length));
    }
  }

  remove(path: string): void {
    this.check('remove', path);
    for (const name of this.names.keys()) {
      if (name === path || name.startsWith(`${path}/`)) this.names.delete(name);
    }
    for (const name of this.folders) {
      if (name === path || name.startsWith(`${path}/`)) this.folders.delete(name);
    }
  }

  syncFolder(path: string): void {
    this.check('syncFolder', path);
    for (const name of this.durableNames.keys()) if (dirname(name) === path) this.durableNames.delete(name);
    for (const [name, node] of this.names) if (dirname(name) === path) this.durableNames.set(name, node);
  }

  /** The power goes: only what was forced to the disk is still there. */
  cutPower(): void {
    this.names = new Map(this.durableNames);
    for (const node of this.names.values()) node.data = Buffer.from(node.durable);
  }

  content(path: string): Buffer {
    const node = this.names.get(path);
    if (!node) throw systemError('ENOENT', 'content', path);
    return node.data;
  }

  /** Puts a file there as if it had lain there for long. */
  put(path: string, data: Buffer): void {
    const node = { data: Buffer.from(data), durable: Buffer.from(data) };
    this.names.set(path, node);
    this.durableNames.set(path, node);
  }

  /** Every file's path. */
  paths(): string[] {
    return [...this.names.keys()].sort();
  }

  private get used(): number {
    return [...this.names.values()].reduce((sum, { data }) => sum + data.length, 0);
  }

  private check(call: Call, path: string): void {
    const code = this.fail(call, path);
    if (code !== undefined) throw systemError(code, call, path);
  }

  private handle(path: string, node: Node): OpenFile {
    this.openFiles++;
    return {
      size: () => node.data.length,
      read: (target, position) => {
        this.check('read', path);
        return node.data.copy(target, 0, position);
      },
      write: (bytes, position) => {
        const room = this.capacity - this.used + (node.data.length - position);
        const failure = this.fail('write', path) ?? (bytes.length > room ? 'ENOSPC' : undefined);
        const fits = bytes.subarray(
          0,
          failure === undefined ? bytes.length : Math.max(0, Math.min(room, bytes.length - 1)),
        );
        const grown = Buffer.alloc(Math.max(node.data.length, position + fits.length));
        node.data.copy(grown);
        fits.copy(grown, position);
        node.data = grown;
        if (failure !== undefined) throw systemError(failure, 'write', path);
      },
      truncate: (size) => {
        this.check('truncate', path);
        node.data = Buffer.from(node.data.subarray(0, size));
      },
      sync: () => {
        this.check('sync', path);
        node.durable = Buffer.from(node.data);
      },
      close: () => {
        this.openFiles--;
      },
    };
  }
}
