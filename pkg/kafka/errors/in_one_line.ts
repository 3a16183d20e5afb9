/**
 * Takes off the stack of an error whose message says all, so that a log tells it in one line: what is to be mended
 * is not in the code.
 */
export function inOneLine<E extends Error>(error: E): E {
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
