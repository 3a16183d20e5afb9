import { ts } from 'ts-morph';

/** What a name stands for: a type, a value, or both. */
type Meaning = 'type' | 'value' | 'both';

/** The names that are declared in a part of a file, and in what is around it. */
class Scope {
  private readonly names = new Map<string, Meaning[]>();

  constructor(private readonly outer?: Scope) {}

  add(name: string, meaning: Meaning): void {
    this.names.set(name, [...(this.names.get(name) ?? []), meaning]);
  }

  /** Names that are declared twice here, or declared around it as well. */
  clashes(): string[] {
    return [...this.names].flatMap(([name, meanings]) => {
      const twice = meanings.some((one, at) => meanings.slice(at + 1).some((other) => meets(one, other)));
      return twice || this.outer?.has(name) === true ? [name] : [];
    });
  }

  private has(name: string): boolean {
    return this.names.has(name) || this.outer?.has(name) === true;
  }
}

/**
 * The names that have two meanings in the text of a TypeScript file: those that are declared twice in one scope, and
 * those that are declared again in an inner one, where whoever uses the name may mean the outer.
 */
export function clashesIn(text: string): Set<string> {
  const scopes: Scope[] = [];
  const visit = (node: ts.Node, outer: Scope): void => {
    const found = nameOf(node);
    if (found) outer.add(found.name, found.meaning);
    // The names that a type makes up are its own.
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    const inner = hasScope(node) ? new Scope(outer) : outer;
    if (inner !== outer) scopes.push(inner);
    ts.forEachChild(node, (child) => {
      visit(child, inner);
    });
  };
  const file = new Scope();
  scopes.push(file);
  visit(ts.createSourceFile('any.ts', text, ts.ScriptTarget.Latest, true), file);
  return new Set(scopes.flatMap((scope) => scope.clashes()));
}

/** The name that a declaration makes known around it. */
function nameOf(node: ts.Node): { name: string; meaning: Meaning } | undefined {
  const meaning = meaningOf(node);
  const { name } = node as { name?: ts.Node };
  return meaning !== undefined && name !== undefined && ts.isIdentifier(name)
    ? { name: name.text, meaning }
    : undefined;
}

function meaningOf(node: ts.Node): Meaning | undefined {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return 'type';
  if (ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node)) return 'value';
  if (ts.isFunctionDeclaration(node)) return 'value';
  if (ts.isImportSpecifier(node)) return node.isTypeOnly ? 'type' : 'both';
  return ts.isClassDeclaration(node) || ts.isImportClause(node) || ts.isNamespaceImport(node)
    ? 'both'
    : undefined;
}

function meets(one: Meaning, other: Meaning): boolean {
  return one === other || one === 'both' || other === 'both';
}

/** Whether what is declared in a node is known in it alone; a function shares its scope with its body. */
function hasScope(node: ts.Node): boolean {
  if (ts.isBlock(node)) return !ts.isFunctionLike(node.parent);
  return ts.isFunctionLike(node) || ts.isIterationStatement(node, false) || ts.isCatchClause(node);
}
