import { addAbortSignal, type Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/**
 * The lines of a text in UTF-8: each ends at a line feed, the last one also at the end, and none has the carriage
 * return before it. Interfaces of node:readline end them elsewhere too, at U+2028 for example, which JSON may hold.
 *
 * @param signal ends them without an error; what has begun is then no line
 */
export async function* lines(input: Readable, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let begun = '';
  try {
    for await (const chunk of addAbortSignal(signal, input)) {
      const text = typeof chunk === 'string' ? chunk : decoder.write(chunk as Buffer);
      const [first = '', ...others] = text.split('\n');
      begun += first;
      for (const next of others) {
        yield withoutReturn(begun);
        if (signal.aborted) return;
        begun = next;
      }
    }
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  begun += decoder.end();
  if (begun !== '') yield withoutReturn(begun);
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
