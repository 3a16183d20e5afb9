import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The nearest folder above this file with a package.json: the same for sources and for the build, whatever the
 * working directory is.
 */
export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`No package.json above ${import.meta.dirname}`);
    folder = parent;
  }
  return folder;
}
