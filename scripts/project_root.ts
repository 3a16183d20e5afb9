import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of this project's package.json, found upwards from this file, so that scripts work from any
 * working directory, run from their sources as well as from the build.
 */
export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`No package.json above ${import.meta.dirname}.`);
    folder = parent;
  }
  return folder;
}
