import { type SourceFile } from 'ts-morph';

/** Lets a file pass on all of another one, in the order of its others. */
export function exportAll(source: SourceFile, from: string): void {
  const others = source
    .getExportDeclarations()
    .filter((one) => one.getModuleSpecifierValue()?.startsWith('./contracts/') === true);
  const next = others.find((one) => from < (one.getModuleSpecifierValue() ?? ''));
  const last = others.at(-1) ?? source.getImportDeclarations().at(-1);
  const at = next?.getChildIndex() ?? (last?.getChildIndex() ?? -1) + 1;
  source.insertExportDeclaration(at, { moduleSpecifier: from });
}
