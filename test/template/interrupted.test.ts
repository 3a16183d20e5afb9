import { readdirSync, rmSync } from 'node:fs';
import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { Program, temporaryFolder } from '../support/program.js';

describe('a command of the template that is interrupted', function () {
  this.timeout(60_000);

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`leaves no copy of the project behind at ${signal}`, async () => {
      const TMPDIR = temporaryFolder();
      const env = { TMPDIR, DOMAIN: 'orders', EVENT: 'order.placed', DRY: '1' };
      const copies = () => readdirSync(TMPDIR).filter((name) => name.startsWith('plan-'));
      try {
        const program = new Program('scripts/template/new/main', { env });
        await eventually(() => copies().length > 0, { timeoutMs: 50_000 });
        program.kill(signal);
        expect(await program.exit()).to.equal(null);
        expect(copies()).to.deep.equal([]);
      } finally {
        rmSync(TMPDIR, { recursive: true, force: true, maxRetries: 5 });
      }
    });
  }
});
