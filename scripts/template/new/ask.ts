import { createInterface } from 'node:readline/promises';
import { Refusal } from '../refusal.js';
import { USAGE, type Wanted } from './add.js';
import { checkEvent, checkRoute, checkSnake } from './names.js';

const KINDS = ['event', 'usecase', 'route'] as const;

/** Says what is no good of an answer. @throws Refusal */
type Check = (answer: string) => unknown;

const optional =
  (check: Check): Check =>
  (answer) =>
    answer === '' || check(answer);

/**
 * Asks for what is to be made, one question after the other; an answer that is no good is asked for again.
 * @throws Refusal where the input ends before all is said
 */
export async function ask(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<Wanted> {
  const terminal = createInterface({ input, output });
  // Line by line, so that answers that are pasted at once are taken one after the other.
  const lines = terminal[Symbol.asyncIterator]();
  const answer = async (question: string, check: Check): Promise<string> => {
    for (;;) {
      output.write(`${question} `);
      const line = await lines.next();
      if (line.done === true) {
        throw new Refusal(`\nthe answers ended too early; nothing was written\n\n${USAGE}`, true);
      }
      const text = line.value.trim();
      try {
        check(text);
        return text;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        output.write(`${error.message}\n`);
      }
    }
  };
  try {
    const what = await answer('What is to be made: an event, a usecase or a route?', kindOf);
    const DOMAIN = await answer('Of which domain, for example orders?', (text) => checkSnake('DOMAIN', text));
    switch (kindOf(what)) {
      case 'event':
        return {
          DOMAIN,
          EVENT: await answer('What is its type, for example order.placed?', eventType('EVENT')),
        };
      case 'usecase':
        return { DOMAIN, ...(await askUseCase(answer)) };
      case 'route':
        return { DOMAIN, ...(await askRoute(answer)) };
    }
  } finally {
    terminal.close();
  }
}

type Answer = (question: string, check: Check) => Promise<string>;

async function askUseCase(answer: Answer): Promise<Wanted> {
  const USECASE = await answer('What is it called, for example place_order?', useCase);
  const ON = await answer(
    'To which event does it react? Empty where it is called:',
    optional(eventType('ON')),
  );
  if (ON !== '') return { USECASE, ON };
  const EVENT = await answer(
    'Which event does it publish? Empty where the domain has but one:',
    optional(eventType('EVENT')),
  );
  return { USECASE, ...(EVENT === '' ? {} : { EVENT }) };
}

async function askRoute(answer: Answer): Promise<Wanted> {
  const ROUTE = await answer('Which route, for example POST /orders?', checkRoute);
  const USECASE = await answer(
    'Which use case does it call? Empty for the one that no route calls yet:',
    optional(useCase),
  );
  return { ROUTE, ...(USECASE === '' ? {} : { USECASE }) };
}

const useCase: Check = (text) => checkSnake('USECASE', text);

const eventType =
  (what: 'EVENT' | 'ON'): Check =>
  (text) =>
    checkEvent(what, text);

function kindOf(text: string): (typeof KINDS)[number] {
  const word = text.toLowerCase().replace(/^an? /, '').replaceAll(/[ _-]/g, '');
  const found = KINDS.find((kind) => word !== '' && kind.startsWith(word));
  if (found === undefined) throw new Refusal(`"${text}" is none of ${KINDS.join(', ')}`, true);
  return found;
}
