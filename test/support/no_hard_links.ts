import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { type SinonSandbox } from 'sinon';

/**
 * From now on the file system makes no hard links, as exFAT, FAT and many shared folders.
 * @returns what makes it as it was
 */
export function withoutHardLinks(sandbox: SinonSandbox, code: string): () => void {
  const refusal = (from: string, to: string): Error =>
    Object.assign(new Error(`${code}: operation not permitted, link '${from}' -> '${to}'`), {
      code,
      syscall: 'link',
    });
  sandbox.stub(fs, 'linkSync').callsFake((from, to) => {
    throw refusal(String(from), String(to));
  });
  sandbox
    .stub(fs.promises, 'link')
    .callsFake((from, to) => Promise.reject(refusal(String(from), String(to))));
  syncBuiltinESMExports();
  return () => {
    sandbox.restore();
    syncBuiltinESMExports();
  };
}
