/** A logger that keeps its lines, for tests of what is said and what is not. */
export class LogBook {
  readonly lines: { level: string; message: string; fields: Record<string, unknown> }[] = [];

  debug(message: string, fields: Record<string, unknown> = {}): void {
    this.lines.push({ level: 'debug', message, fields });
  }

  info(message: string, fields: Record<string, unknown> = {}): void {
    this.lines.push({ level: 'info', message, fields });
  }

  warn(message: string, fields: Record<string, unknown> = {}): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: string, fields: Record<string, unknown> = {}): void {
    this.lines.push({ level: 'error', message, fields });
  }

  /** The messages of one level. */
  at(level: string): string[] {
    return this.lines.filter((line) => line.level === level).map(({ message }) => message);
  }
}
