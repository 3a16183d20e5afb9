import path from 'node:path';
import { type ExportDeclaration, type ImportDeclaration, Node, type SourceFile, SyntaxKind } from 'ts-morph';
import { type Plan } from './plan.js';

type Names = Map<string, Set<string>>;

/**
 * Removes from all sources what depended on files that are gone: imports and exports of them, and of what uses
 * the imported names the smallest part that can go: an element of a list, a property, an argument of `load`, a
 * statement. Of tests, the whole test goes, or the file where more than a test is concerned. What is left
 * unused by all that goes as well. Repeats until nothing dangles.
 *
 * @param gone the files that were removed from the plan; those that follow them are added
 */
export function pruneDangling(plan: Plan, gone: Set<string>): void {
  const touched = new Set<string>();
  for (let changed = true; changed;) {
    changed = false;
    const missing = missingExports(plan, gone);
    for (const { file, source } of plan.sources()) {
      const outcome = pruneFile(file, source, { gone, missing });
      if (outcome === 'whole') for (const one of plan.remove(file)) gone.add(one);
      if (outcome === 'part') touched.add(file);
      changed ||= outcome !== 'nothing';
    }
  }
  for (const file of touched) if (plan.has(file)) removeUnused(plan.source(file));
  removeOrphans(plan, gone);
}

/** The files that a text names, be it in an import that is worked out at run time. */
function filesNamed(file: string, text: string): string[] {
  const named = [...text.matchAll(/(['"])(\.{1,2}\/[^'"\n]+)\1/g)];
  return named.flatMap(([, , specifier]) => targetOf(file, specifier) ?? []);
}

/**
 * Removes what tests and scripts shared and nobody names any more. What nobody named before either is a program or
 * a fixture, which others start or find by their own ways.
 */
function removeOrphans(plan: Plan, gone: Set<string>): void {
  const { entry } = JSON.parse(plan.read('knip.json')) as { entry: readonly string[] };
  const wasNamed = new Set(plan.originals().flatMap(({ file, text }) => filesNamed(file, text)));
  const named = new Map(
    plan.sources().map(({ file, source }) => [file, filesNamed(file, source.getFullText())]),
  );
  for (;;) {
    const used = new Set([...named].flatMap(([file, others]) => (plan.has(file) ? others : [])));
    const orphans = plan
      .files()
      .filter((file) => /^(test|scripts)\/.*\.ts$/.test(file) && wasNamed.has(file) && !used.has(file))
      .filter((file) => !entry.includes(file) && !file.endsWith('.test.ts') && !file.endsWith('/main.ts'));
    if (orphans.length === 0) return;
    for (const file of orphans) for (const one of plan.remove(file)) gone.add(one);
  }
}

interface Lost {
  gone: ReadonlySet<string>;
  /** Names that a file no longer exports although somebody may import them, by file. */
  missing: Names;
}

/** The target of a relative import, as a path of the plan. */
export function targetOf(file: string, specifier: string | undefined): string | undefined {
  if (!specifier?.startsWith('.')) return undefined;
  return path.join(path.dirname(file), specifier).replace(/\.js$/, '.ts');
}

/** What each file offers under a name, following `export *`; only for files that others pass names on from. */
function exportsOf(plan: Plan, file: string, seen = new Set<string>()): Set<string> {
  const names = new Set<string>();
  if (seen.has(file) || !plan.has(file)) return names;
  seen.add(file);
  const source = plan.source(file);
  for (const name of declaredExports(source)) names.add(name);
  for (const declaration of source.getExportDeclarations()) {
    const target = targetOf(file, declaration.getModuleSpecifierValue());
    for (const specifier of declaration.getNamedExports()) {
      names.add(specifier.getAliasNode()?.getText() ?? specifier.getName());
    }
    const passesAll = declaration.getNamedExports().length === 0 && !declaration.getNamespaceExport();
    if (passesAll && target !== undefined) for (const name of exportsOf(plan, target, seen)) names.add(name);
  }
  return names;
}

function declaredExports(source: SourceFile): string[] {
  return source.getStatements().flatMap((statement) => {
    if (!Node.isExportable(statement) || !statement.isExported()) return [];
    return Node.isVariableStatement(statement)
      ? statement.getDeclarations().map((declaration) => declaration.getName())
      : [Node.hasName(statement) ? statement.getName() : (statement.getSymbol()?.getName() ?? '')];
  });
}

/** Of the files that pass others' exports on: the names that are imported from them and that they lack. */
function missingExports(plan: Plan, gone: ReadonlySet<string>): Names {
  const missing: Names = new Map();
  const offered: Names = new Map();
  for (const { file, source } of plan.sources()) {
    for (const declaration of [...source.getImportDeclarations(), ...source.getExportDeclarations()]) {
      const target = targetOf(file, declaration.getModuleSpecifierValue());
      if (target === undefined || gone.has(target) || !plan.has(target)) continue;
      const known = offered.get(target) ?? exportsOf(plan, target);
      offered.set(target, known);
      for (const name of importedNames(declaration)) {
        if (known.has(name)) continue;
        missing.set(target, (missing.get(target) ?? new Set()).add(name));
      }
    }
  }
  return missing;
}

function importedNames(declaration: ImportDeclaration | ExportDeclaration): string[] {
  const specifiers =
    'getNamedImports' in declaration ? declaration.getNamedImports() : declaration.getNamedExports();
  return specifiers.map((specifier) => specifier.getName());
}

/** @returns what was removed; where it is the whole file, that is left to the caller */
function pruneFile(file: string, source: SourceFile, { gone, missing }: Lost): 'nothing' | 'part' | 'whole' {
  const dangling: string[] = [];
  let changed = false;
  for (const declaration of source.getExportDeclarations()) {
    const target = targetOf(file, declaration.getModuleSpecifierValue());
    if (target === undefined) continue;
    if (gone.has(target)) {
      declaration.remove();
      changed = true;
      continue;
    }
    const lost = declaration.getNamedExports().filter((one) => missing.get(target)?.has(one.getName()));
    if (lost.length === 0) continue;
    if (lost.length === declaration.getNamedExports().length) declaration.remove();
    else for (const specifier of lost) specifier.remove();
    changed = true;
  }
  for (const declaration of source.getImportDeclarations()) {
    const target = targetOf(file, declaration.getModuleSpecifierValue());
    if (target === undefined) continue;
    const whole = gone.has(target);
    const lost = declaration
      .getNamedImports()
      .filter((one) => whole || missing.get(target)?.has(one.getName()));
    dangling.push(...lost.map((one) => one.getAliasNode()?.getText() ?? one.getName()));
    if (whole) {
      dangling.push(
        ...[declaration.getDefaultImport(), declaration.getNamespaceImport()].flatMap(
          (one) => one?.getText() ?? [],
        ),
      );
      declaration.remove();
      changed = true;
    } else if (lost.length > 0) {
      if (lost.length === declaration.getNamedImports().length) declaration.remove();
      else for (const specifier of lost) specifier.remove();
      changed = true;
    }
  }
  if (!changed) return 'nothing';
  const isTest = file.startsWith('test/');
  return removeUsers(source, dangling, isTest ? removeTestAround : removeUnitAround) ? 'part' : 'whole';
}

/** Removes what uses names that mean nothing any more. @returns false where that would be the whole file */
function removeUsers(
  source: SourceFile,
  dangling: readonly string[],
  removeAround: (use: Node) => string[] | undefined,
): boolean {
  const names = new Set(dangling);
  for (;;) {
    const use = source.getFirstDescendant(
      (node) => names.has(node.getText()) && isUse(node) && Node.isIdentifier(node),
    );
    if (!use) return true;
    const more = removeAround(use);
    if (more === undefined) return false;
    for (const name of more) names.add(name);
  }
}

/** Whether an identifier refers to something in scope, as opposed to naming a property. */
function isUse(node: Node): boolean {
  const parent = node.getParent();
  if (Node.isPropertyAccessExpression(parent)) return parent.getExpression() === node;
  if (Node.isPropertyAssignment(parent)) return parent.getInitializer() === node;
  return !Node.isPropertySignature(parent) && !Node.isMethodSignature(parent);
}

/** @returns names that go with the part */
function removeUnitAround(use: Node): string[] {
  let node: Node = use;
  for (let parent = use.getParent(); parent; node = parent, parent = parent.getParent()) {
    if (Node.isArrayLiteralExpression(parent)) {
      parent.removeElement(parent.getElements().findIndex((element) => element === node));
      return [];
    }
    if (Node.isCallExpression(parent) && /\bload$/.test(parent.getExpression().getText())) {
      const index = parent.getArguments().indexOf(node);
      if (index >= 0) {
        parent.removeArgument(index);
        return [];
      }
    }
    if (
      Node.isPropertyAssignment(node) ||
      Node.isShorthandPropertyAssignment(node) ||
      Node.isSpreadAssignment(node)
    ) {
      node.remove();
      return [];
    }
    if (!Node.isStatemented(parent)) continue;
    const names = namesDeclaredBy(node);
    if (Node.isStatement(node)) {
      node.remove();
      return names;
    }
  }
  throw new Error(`what uses ${use.getText()} cannot be removed from ${use.getSourceFile().getFilePath()}`);
}

/**
 * Removes the test in which something is used, or an element of a list.
 * @returns undefined where the use is in neither, or no test would be left
 */
function removeTestAround(use: Node): string[] | undefined {
  for (let node: Node = use, parent = use.getParent(); parent; node = parent, parent = parent.getParent()) {
    if (Node.isArrayLiteralExpression(parent) && parent.getParentIfKind(SyntaxKind.VariableDeclaration)) {
      parent.removeElement(parent.getElements().findIndex((element) => element === node));
      return [];
    }
    const statement = node.asKind(SyntaxKind.ExpressionStatement);
    const call = statement?.getExpressionIfKind(SyntaxKind.CallExpression);
    if (statement === undefined || call?.getExpression().getText() !== 'it') continue;
    const source = use.getSourceFile();
    statement.remove();
    const calls = source.getDescendantsOfKind(SyntaxKind.CallExpression);
    return calls.some((one) => one.getExpression().getText() === 'it') ? [] : undefined;
  }
  return undefined;
}

function namesDeclaredBy(statement: Node): string[] {
  if (Node.isVariableStatement(statement)) {
    return statement.getDeclarations().map((declaration) => declaration.getName());
  }
  return Node.hasName(statement) ? [statement.getName()] : [];
}

/** Removes imports and unexported declarations that nothing in the file uses. */
export function removeUnused(source: SourceFile): void {
  for (;;) {
    const used = new Set<string>();
    source.forEachDescendant((node) => {
      if (!isOwnName(node) && Node.isIdentifier(node)) used.add(node.getText());
    });
    if (!removeUnusedOnce(source, used)) return;
  }
}

/** Whether an identifier is where a top-level name is introduced. */
function isOwnName(node: Node): boolean {
  const parent = node.getParent();
  if (Node.isImportSpecifier(parent) || Node.isImportClause(parent) || Node.isNamespaceImport(parent))
    return true;
  const top = parent?.getParent()?.getParent()?.getParent();
  if (Node.isVariableDeclaration(parent)) return parent.getNameNode() === node && Node.isSourceFile(top);
  return Node.isSourceFile(parent?.getParent()) && Node.hasName(parent) && parent.getNameNode() === node;
}

function removeUnusedOnce(source: SourceFile, used: ReadonlySet<string>): boolean {
  let changed = false;
  for (const declaration of source.getImportDeclarations()) {
    const named = declaration.getNamedImports();
    const idle = named.filter((one) => !used.has(one.getAliasNode()?.getText() ?? one.getName()));
    if (idle.length === 0) continue;
    const others = declaration.getDefaultImport() ?? declaration.getNamespaceImport();
    if (idle.length === named.length && !others) declaration.remove();
    else for (const specifier of idle) specifier.remove();
    changed = true;
  }
  for (const statement of source.getStatements()) {
    if (!Node.isExportable(statement) || statement.isExported()) continue;
    const names = namesDeclaredBy(statement);
    if (names.length === 0 || names.some((name) => used.has(name))) continue;
    statement.remove();
    changed = true;
  }
  return changed;
}
