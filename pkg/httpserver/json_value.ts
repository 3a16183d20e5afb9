import { type FieldProblem } from './problem.js';

const DEEPEST = 32;

/**
 * What makes a JSON value unfit to be worked with, whatever its schema: more than 32 levels, or names that
 * reach an object's prototype when they are copied carelessly. At most one problem of each kind.
 */
export function checkJson(value: unknown): FieldProblem[] {
  const problems = new Map<string, FieldProblem>();
  const look = (node: unknown, path: readonly string[]): void => {
    if (typeof node !== 'object' || node === null) return;
    if (path.length >= DEEPEST) {
      problems.set('depth', problem(path.slice(0, 3), `is nested deeper than ${DEEPEST} levels`));
      return;
    }
    for (const [name, child] of Object.entries(node)) {
      if (reachesPrototype(name, child)) {
        problems.set('name', problem([...path, name], 'is a name that is not allowed'));
      } else {
        look(child, [...path, name]);
      }
    }
  };
  look(value, []);
  return [...problems.values()];
}

function reachesPrototype(name: string, child: unknown): boolean {
  if (name === '__proto__') return true;
  return name === 'constructor' && typeof child === 'object' && child !== null && 'prototype' in child;
}

function problem(path: readonly string[], message: string): FieldProblem {
  return { in: 'body', field: path.join('.'), message };
}
