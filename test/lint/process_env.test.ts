import { expect } from 'chai';
import { ESLint, Linter } from 'eslint';

/** What the project's own setting of the rule says of this text in this file. */
async function complaints(file: string, text: string): Promise<string[]> {
  const rule = 'no-restricted-properties';
  const config = (await new ESLint().calculateConfigForFile(file)) as Linter.Config;
  const messages = new Linter().verify(text, { rules: { [rule]: config.rules?.[rule] ?? 'off' } });
  return messages.map(({ message }) => message);
}

describe('environment lint', () => {
  const readings = ['process.env.HOME', 'process["env"]', 'const { env } = process'];

  for (const file of [
    'cmd/app/main.ts',
    'examples/demo.ts',
    'internal/app/container.ts',
    'pkg/kafka/index.ts',
  ]) {
    it(`refuses to read the environment in ${file}, and says where to`, async () => {
      for (const text of readings) {
        expect(await complaints(file, text), text).to.have.length(1);
        expect((await complaints(file, text))[0]).to.contain('Only config/ reads the environment');
      }
    });
  }

  for (const file of ['config/config.ts', 'scripts/lint_layers.ts', 'test/config/names.test.ts']) {
    it(`allows it in ${file}`, async () => {
      for (const text of readings) expect(await complaints(file, text), text).to.deep.equal([]);
    });
  }
});
