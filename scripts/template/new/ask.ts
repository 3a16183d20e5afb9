import { createInterface } from 'node:readline/promises';

/** What make passes on: what is to be made, by the names of its variables. */
export interface Wanted {
  DOMAIN?: string;
  EVENT?: string;
  USECASE?: string;
  ON?: string;
  ROUTE?: string;
}

/** Asks for what is to be made, one question after the other. */
export async function ask(): Promise<Wanted> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    // Line by line, so that answers that are pasted at once are taken one after the other.
    const lines = terminal[Symbol.asyncIterator]();
    const answer = async (question: string): Promise<string> => {
      process.stdout.write(question);
      const line = await lines.next();
      return line.done === true ? '' : line.value.trim();
    };
    const what = await answer('What is to be made: an event, a usecase or a route? ');
    const DOMAIN = await answer('Of which domain, for example orders? ');
    if (/^u/i.test(what)) {
      const USECASE = await answer('What is it called, for example place_order? ');
      const ON = await answer('To which event does it react? Empty where it is called: ');
      return { DOMAIN, USECASE, ...(ON === '' ? {} : { ON }) };
    }
    if (/^r/i.test(what)) {
      return { DOMAIN, ROUTE: await answer('Which route, for example POST /orders? ') };
    }
    return { DOMAIN, EVENT: await answer('What is its type, for example order.placed? ') };
  } finally {
    terminal.close();
  }
}
