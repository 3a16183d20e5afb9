/** One line of progress that is rewritten in place on a terminal. */
export interface ProgressLine {
  /** Replaces the line on a terminal; elsewhere only the first text is written, so that logs stay short. */
  update(text: string): void;
  /** Writes the closing text and ends the line. */
  done(text: string): void;
}

/** Starts a progress line on the stream, which is standard error unless told otherwise. */
export function progressLine(stream: NodeJS.WriteStream = process.stderr): ProgressLine {
  let started = false;
  const rewrite = (text: string): void => {
    stream.write(`\r${text}\u001b[K`);
  };
  return {
    update(text) {
      if (stream.isTTY) rewrite(text);
      else if (!started) stream.write(`${text}\n`);
      started = true;
    },
    done(text) {
      if (stream.isTTY) rewrite(text);
      else stream.write(text);
      stream.write('\n');
    },
  };
}
