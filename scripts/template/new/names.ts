import { Refusal } from '../refusal.js';

/** A name in the spellings that the code has for it. */
export interface Spelled {
  /** place_order */
  snake: string;
  /** placeOrder */
  camel: string;
  /** PlaceOrder */
  pascal: string;
  /** PLACE_ORDER */
  upper: string;
  /** place order */
  words: string;
}

const SNAKE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const EVENT = /^[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z][a-z0-9]*(_[a-z0-9]+)*)+$/;
const METHODS = { GET: 'get', POST: 'post', PUT: 'put' } as const;
const PATH = /^(\/([a-z0-9][a-z0-9_-]*|\{id\}))+$/;
/** What the service puts before each of its routes; see internal/app/http.ts. */
const PREFIX = /^(\/api)?\/v\d+(?=\/|$)/;
const LONGEST = 60;

/** What a variable must not be called. */
const RESERVED = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private ' +
    'protected public return static super switch this throw true try typeof undefined var void while with yield'
  ).split(' '),
);

/** The spellings of a name whose words are parted by dots, underscores or hyphens. */
export function spelled(name: string): Spelled {
  const words = name.split(/[._-]/);
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  const pascal = words.map(capital).join('');
  return {
    snake: words.join('_'),
    camel: pascal.charAt(0).toLowerCase() + pascal.slice(1),
    pascal,
    upper: words.join('_').toUpperCase(),
    words: words.join(' '),
  };
}

/** A text as the beginning of a sentence. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @throws Refusal where it is no name of a domain or a use case */
export function checkSnake(what: 'DOMAIN' | 'USECASE', name: string): Spelled {
  if (!SNAKE.test(name) || name.length > LONGEST) {
    const example = what === 'DOMAIN' ? 'orders' : 'place_order';
    throw new Refusal(`${what}: "${name}" is no name like ${example}: lower-case words parted by _`, true);
  }
  const found = spelled(name);
  if (RESERVED.has(found.camel)) throw new Refusal(`${what}: "${name}" is a word of the language`, true);
  return found;
}

/** @throws Refusal where it is no type of an event */
export function checkEvent(what: 'EVENT' | 'ON', type: string): Spelled {
  if (EVENT.test(type) && type.length <= LONGEST) return spelled(type);
  const rule = 'lower-case words parted by dots, the first of which says what it happens to';
  throw new Refusal(`${what}: "${type}" is no type like order.placed: ${rule}`, true);
}

export interface RouteName {
  method: 'get' | 'post' | 'put';
  /** With a parameter as in OpenAPI: `/orders/{id}`. */
  path: string;
  /** Whether the path has an `{id}`. */
  hasId: boolean;
}

/** @throws Refusal where it is no route that can be made */
export function checkRoute(route: string): RouteName {
  const refuse = (why: string): never => {
    throw new Refusal(
      `ROUTE: "${route}" is no route like 'POST /orders', 'PUT /orders/{id}' or 'GET /orders': ${why}`,
      true,
    );
  };
  const [verb = '', written = '', ...rest] = route.split(/ +/);
  if (!written.startsWith('/') || rest.length > 0)
    return refuse('say a method and a path, one space between');
  const method = METHODS[verb.toUpperCase() as keyof typeof METHODS] as RouteName['method'] | undefined;
  if (method === undefined) return refuse(`${verb} is none of ${Object.keys(METHODS).join(', ')}`);
  const prefix = PREFIX.exec(written)?.[0];
  if (prefix !== undefined) {
    const meant = `${verb} ${written.slice(prefix.length) || '/orders'}`;
    return refuse(`routes stand below /v1 and /api/v1 by themselves; write '${meant}'`);
  }
  // As Express writes it.
  const path = written.replaceAll(/:id(?=\/|$)/g, '{id}');
  const ids = path.split('{id}').length - 1;
  if (/[{}:]/.test(path.replaceAll('{id}', '')) || ids > 1) return refuse('its only parameter is one {id}');
  if (path.startsWith('/{id}'))
    return refuse('it would answer for other domains: begin with a word, not with {id}');
  if (!PATH.test(path)) {
    return refuse('a path has lower-case words of letters, digits, - and _, and does not end with a /');
  }
  return { method, path, hasId: ids > 0 };
}
