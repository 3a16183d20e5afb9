import type { Result } from './result.js';

const HEAD = ['', 'pkg/kafka', 'raw kafkajs', 'times better', 'unit', 'raw kafkajs by'];

/** The results as a Markdown table, aligned to be read as text. */
export function toTable(results: readonly Result[]): string {
  const rows = [HEAD, ...results.map(toCells)];
  const widths = HEAD.map((_, column) => Math.max(3, ...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (isNumber(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), rule, ...body.map(line)].join('\n');
}

function toCells({ name, unit, ours, baseline, baselineName, ratio }: Result): string[] {
  return [name, number(ours), number(baseline), number(ratio), unit, baselineName];
}

function number(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

function isNumber(column: number): boolean {
  return column >= 1 && column <= 3;
}

function pad(cell: string, width: number, column: number): string {
  return isNumber(column) ? cell.padStart(width) : cell.padEnd(width);
}
