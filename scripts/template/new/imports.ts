import path from 'node:path';
import { type ImportDeclaration, type SourceFile } from 'ts-morph';

/** How a file imports another one of the project. */
export function specifier(from: string, to: string): string {
  const relative = path.posix.relative(path.posix.dirname(from), to).replace(/\.ts$/, '.js');
  return relative.startsWith('.') ? relative : `./${relative}`;
}

/**
 * Adds an import of names to a file, to the one that is there where there is one, each at its place in the order;
 * `type X` imports a type, and `X as Y` under another name.
 */
export function importNames(source: SourceFile, from: string, names: readonly string[]): void {
  const declaration =
    source.getImportDeclaration((one) => one.getModuleSpecifierValue() === from) ?? newImport(source, from);
  for (const text of names) {
    const [name = '', alias] = text.replace(/^type /, '').split(' as ');
    const known = declaration.getNamedImports().find((one) => one.getName() === name);
    if (known && !text.startsWith('type ')) known.setIsTypeOnly(false);
    if (known) continue;
    const others = declaration.getNamedImports();
    const at = others.findIndex((one) => before(name, one.getName()));
    const isTypeOnly = text.startsWith('type ');
    declaration.insertNamedImport(at < 0 ? others.length : at, {
      name,
      isTypeOnly,
      ...(alias === undefined ? {} : { alias }),
    });
  }
}

function newImport(source: SourceFile, from: string): ImportDeclaration {
  const others = source.getImportDeclarations();
  const next = others.find((one) => rank(from) < rankOf(one));
  const at = next?.getChildIndex() ?? (others.at(-1)?.getChildIndex() ?? -1) + 1;
  return source.insertImportDeclaration(at, { moduleSpecifier: from });
}

/** The text of a file that was just written, its imports in the order that {@link importNames} keeps. */
export function withSortedImports(source: SourceFile): string {
  for (const declaration of source.getImportDeclarations()) {
    const named = declaration.getNamedImports().map((one) => one.getStructure());
    const sorted = named.toSorted((one, other) => (before(one.name, other.name) ? -1 : 1));
    if (named.every((one, index) => one === sorted[index])) continue;
    declaration.removeNamedImports();
    declaration.addNamedImports(sorted);
  }
  const declarations = source.getImportDeclarations();
  const [first, last] = [declarations[0], declarations.at(-1)];
  if (!first || !last) return source.getFullText();
  const texts = declarations
    .toSorted((one, other) => (rankOf(one) < rankOf(other) ? -1 : 1))
    .map((declaration) => declaration.getText());
  const text = source.getFullText();
  return `${text.slice(0, first.getStart())}${texts.join('\n')}${text.slice(last.getEnd())}`;
}

/** What comes first: what is imported for its effect, Node.js, packages, then from far to near. */
function rankOf(declaration: ImportDeclaration): string {
  const hasEffect = declaration.getImportClause() === undefined;
  return hasEffect
    ? `0${declaration.getModuleSpecifierValue()}`
    : rank(declaration.getModuleSpecifierValue());
}

function rank(from: string): string {
  if (from.startsWith('node:')) return `1${from}`;
  return from.startsWith('.') ? `3${from}` : `2${from}`;
}

/** Whether a name stands before another one, whatever their letters' case. */
function before(name: string, other: string): boolean {
  return name.toLowerCase() < other.toLowerCase();
}
