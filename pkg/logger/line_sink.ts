import { Writable } from 'node:stream';

/** Where lines go: process.stdout, process.stderr, or any other writable stream of text. */
export type LogStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  /** As in tty.WriteStream: false also where NO_COLOR is set. */
  hasColors?(): boolean;
};

const guarded = new WeakSet<LogStream>();

/** Hands lines to a stream and counts them, so that a flush can tell when the last one went through. */
export class LineSink extends Writable {
  private written = 0;
  private waiting: { readonly lines: number; readonly resolve: () => void }[] = [];

  constructor(private readonly target: LogStream) {
    super({ decodeStrings: false });
    if (guarded.has(target)) return;
    guarded.add(target);
    // Without a listener a closed pipe (EPIPE) would end the process; there is nowhere left to report it to.
    target.on('error', () => undefined);
  }

  override _write(text: string, _encoding: BufferEncoding, done: () => void): void {
    this.target.write(text);
    this.written += 1;
    const ready = this.waiting.filter(({ lines }) => lines <= this.written);
    this.waiting = this.waiting.filter(({ lines }) => lines > this.written);
    for (const { resolve } of ready) resolve();
    done();
  }

  /** Resolves when so many lines, counted from the first, have left the target's buffer or it has failed. */
  async flushed(lines: number): Promise<void> {
    if (lines > this.written) {
      await new Promise<void>((resolve) => this.waiting.push({ lines, resolve }));
    }
    await new Promise<void>((resolve) => {
      this.target.write('', () => {
        resolve();
      });
    });
  }
}
