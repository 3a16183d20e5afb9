import { readFileSync } from 'node:fs';

/** Paths of files by the keys whose values they held. */
type SecretFiles = ReadonlyMap<string, string>;

/** Beside a configuration and not in it: these are not settings, but where settings came from. */
const filesOf = new WeakMap<object, SecretFiles>();

/** Reads a secret. Editors and `echo` end a file with a newline that is no part of it. @throws what fs throws */
export function readSecret(file: string): string {
  return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
}

/** Remembers from which files the secrets of a configuration were read. */
export function rememberSecretFiles(config: object, files: SecretFiles): void {
  filesOf.set(config, files);
}

/** The file that held the value of a key, as in `KAFKA.SASL.PASSWORD`; undefined where it came in another way. */
export function secretFileOf(config: object, path: string): string | undefined {
  return filesOf.get(config)?.get(path);
}
