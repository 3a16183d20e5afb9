import { ts } from 'ts-morph';

/** How many lines of a TypeScript file have more than comments on them. */
export function linesOfCode(text: string): number {
  const source = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest);
  const lines = new Set<number>();
  const visit = (node: ts.Node): void => {
    // What documents a declaration is a part of the tree.
    if (ts.isJSDoc(node)) return;
    const parts = node.getChildren(source);
    for (const part of parts) visit(part);
    if (parts.length > 0 || node.getWidth(source) === 0) return;
    const last = source.getLineAndCharacterOfPosition(node.end).line;
    for (
      let line = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
      line <= last;
      line += 1
    ) {
      lines.add(line);
    }
  };
  visit(source);
  return lines.size;
}
