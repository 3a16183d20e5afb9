import { z } from 'zod';
import { configSchema } from '../../config/schema.js';
import { type Field, listFields } from '../../pkg/config/index.js';

const HEAD = `# Configuration

Written by \`make docs\` from [config/schema.ts](../config/schema.ts); change it there.

Later wins: the defaults below, \`config/config.yaml\`, \`config/config.<APP_ENV>.yaml\` where there is one, the
environment. The name of a key in the environment is its path joined by underscores; lists are separated by
commas. Secrets come from the environment, or from the file that \`<NAME>_FILE\` names. A key that there is not,
or a value that is wrong, stops the start with exit code 78 and a list of all that is wrong.
`;

/** The reference of all keys of the configuration, as Markdown. */
export function configurationReference(): string {
  const fields = listFields(configSchema);
  const groups = [...new Set(fields.map(({ group }) => group))];
  return [HEAD, ...groups.map((group) => section(group, fields))].join('\n');
}

function section(group: string, fields: readonly Field[]): string {
  const rows = fields.filter((field) => field.group === group).map(row);
  return `## ${group}

| key, variable | default | what it is |
|---|---|---|
${rows.join('\n')}
`;
}

function row(field: Field): string {
  const { path, env, description, expected, secret } = field;
  const more = [`${expected.charAt(0).toUpperCase()}${expected.slice(1)}.`, ...(secret ? ['Secret.'] : [])];
  const cells = [`\`${path}\`<br>\`${env}\``, defaultOf(field), [description, ...more].join(' ')];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultOf({ schema, production }: Field): string {
  const parsed = z.safeParse(schema, undefined);
  const usual = parsed.success && parsed.data !== undefined ? code(parsed.data) : 'none';
  return production === undefined ? usual : `${usual}; in production ${code(production)}`;
}

/** As it would stand in the environment. */
function code(value: unknown): string {
  return `\`${Array.isArray(value) ? value.join(',') : String(value)}\``;
}
