const trap = (): never => {
  throw new Error('not to be read');
};

/** An error of which a member cannot be read. */
function unreadable(member: 'name' | 'message' | 'stack' | 'cause' | 'code' | 'constructor'): Error {
  return Object.defineProperty(new Error('x'), member, { get: trap });
}

/** What may be thrown though nothing of it, or not all, can be read. */
export const HOSTILE_ERRORS: readonly { readonly what: string; readonly thrown: unknown }[] = [
  ...(['name', 'message', 'stack', 'cause', 'code', 'constructor'] as const).map((member) => ({
    what: `an error whose ${member} throws`,
    thrown: unreadable(member),
  })),
  {
    what: 'a proxy whose traps throw',
    thrown: new Proxy(new Error('x'), { get: trap, getPrototypeOf: trap, has: trap, ownKeys: trap }),
  },
  {
    what: 'an error that comes of a proxy',
    thrown: new Error('x', { cause: new Proxy({}, { getPrototypeOf: trap }) }),
  },
];
