import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, readdir, realpath, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { IndentationText, Project, QuoteKind, type SourceFile } from 'ts-morph';
import { trackedFiles } from './git.js';
import { Refusal } from './refusal.js';

/** A file as it will be; `text` is undefined where it goes. */
export interface Change {
  path: string;
  kind: 'add' | 'change' | 'remove';
  text?: string;
}

/**
 * What is to become of the project, worked out in memory: nothing is written before {@link Plan.apply}, so that
 * a plan that fails half-way leaves everything as it was. Paths are relative to the project's folder.
 */
export class Plan {
  private readonly project = new Project({
    useInMemoryFileSystem: true,
    skipFileDependencyResolution: true,
    manipulationSettings: { quoteKind: QuoteKind.Single, indentationText: IndentationText.TwoSpaces },
  });
  /** As they were, and as they will be: undefined where there was or will be none. */
  private readonly before = new Map<string, string | undefined>();
  private readonly texts = new Map<string, string | undefined>();

  private constructor(private readonly root: string) {}

  /** A plan that begins with the files that git knows, and those that it would not ignore. */
  static async of(root: string): Promise<Plan> {
    const plan = new Plan(root);
    for (const file of await trackedFiles(root)) {
      // A link or a folder of another repository is none of ours to edit.
      const text = readText(path.join(root, file));
      if (text === undefined) continue;
      plan.before.set(file, text);
      plan.texts.set(file, text);
      if (file.endsWith('.ts')) plan.project.createSourceFile(path.join(root, file), text);
    }
    return plan;
  }

  /** Every file there will be, sorted. */
  files(): string[] {
    return [...this.texts.keys()].filter((file) => this.texts.get(file) !== undefined).sort();
  }

  has(file: string): boolean {
    return this.texts.get(file) !== undefined;
  }

  /** @throws Error where there is no such file */
  read(file: string): string {
    const text = this.sourceFile(file)?.getFullText() ?? this.texts.get(file);
    if (text === undefined) throw new Error(`${file} is missing, and this command needs it`);
    return text;
  }

  /** Adds or replaces a file. */
  write(file: string, text: string): void {
    if (!this.before.has(file)) this.before.set(file, undefined);
    this.texts.set(file, text);
    if (file.endsWith('.ts')) {
      this.project.createSourceFile(path.join(this.root, file), text, { overwrite: true });
    }
  }

  /** Removes a file, or a folder where the path ends with a slash. @returns what went */
  remove(target: string): string[] {
    const gone = this.files().filter((file) =>
      target.endsWith('/') ? file.startsWith(target) : file === target,
    );
    for (const file of gone) {
      this.texts.set(file, undefined);
      this.sourceFile(file)?.forget();
    }
    return gone;
  }

  /** A TypeScript file for edits by its syntax tree. @throws Error where there is no such file */
  source(file: string): SourceFile {
    const found = this.sourceFile(file);
    if (!found) throw new Error(`${file} is missing, and this command needs it`);
    return found;
  }

  /** All TypeScript files there will be, by path. */
  sources(): { file: string; source: SourceFile }[] {
    return this.files()
      .filter((file) => file.endsWith('.ts'))
      .map((file) => ({ file, source: this.source(file) }));
  }

  /** All TypeScript files as they were. */
  originals(): { file: string; text: string }[] {
    return [...this.before].flatMap(([file, text]) =>
      file.endsWith('.ts') && text !== undefined ? [{ file, text }] : [],
    );
  }

  /** What differs from how it was, with what was written or edited formatted by prettier. */
  async changes(): Promise<Change[]> {
    const found: Change[] = [];
    for (const file of [...this.texts.keys()].sort()) {
      const was = this.before.get(file);
      const draft = this.has(file) ? this.read(file) : undefined;
      if (draft === was) continue;
      if (draft === undefined) found.push({ path: file, kind: 'remove' });
      else {
        const text = await this.formatted(file, draft);
        if (text !== was) found.push({ path: file, kind: was === undefined ? 'add' : 'change', text });
      }
    }
    return found;
  }

  private async formatted(file: string, text: string): Promise<string> {
    const filepath = path.join(this.root, file);
    if (!/\.(ts|json|ya?ml|cjs)$/.test(file) || file === 'package-lock.json') return text;
    const parted = file.endsWith('.ts') ? this.partedFromImports(file, text) : text;
    return format(parted, { ...(await resolveConfig(filepath)), filepath });
  }

  /** Edits of imports take the empty line after the last of them away. */
  private partedFromImports(file: string, text: string): string {
    const end = this.source(file).getImportDeclarations().at(-1)?.getEnd() ?? 0;
    return end > 0 && /^\n\S/.test(text.slice(end)) ? `${text.slice(0, end)}\n${text.slice(end)}` : text;
  }

  /** Writes files as they will be, though not formatted, to another folder. */
  copyTo(folder: string, isWanted: (file: string) => boolean): void {
    for (const file of this.files().filter(isWanted)) {
      const target = path.join(folder, file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, this.read(file));
    }
  }

  /**
   * Writes the changes: each file beside where it belongs, and once all are there, in its place, so that a disk that
   * is full leaves everything as it was.
   * @throws Refusal where somebody changed one of the files since the plan was begun
   */
  async apply(changes: readonly Change[]): Promise<void> {
    const edited = changes.map((change) => change.path).filter((file) => this.isEdited(file));
    if (edited.length > 0) {
      throw new Refusal(
        `nothing was written, since this changed while it was worked out: ${edited.join(', ')}. Run it again.`,
      );
    }
    const written = await this.writeBeside(changes);
    for (const { beside, target } of written) await rename(beside, target);
    for (const { path: file } of changes.filter(({ kind }) => kind === 'remove')) {
      await rm(path.join(this.root, file));
      await this.removeEmptyFolders(path.dirname(path.join(this.root, file)));
    }
  }

  private isEdited(file: string): boolean {
    const target = path.join(this.root, file);
    return readText(target) !== this.before.get(file);
  }

  /** Writes what is to be there under other names; all or none of it. */
  private async writeBeside(changes: readonly Change[]): Promise<{ beside: string; target: string }[]> {
    const written: { beside: string; target: string }[] = [];
    try {
      for (const { path: file, kind, text } of changes) {
        if (text === undefined) continue;
        const named = path.join(this.root, file);
        await mkdir(path.dirname(named), { recursive: true });
        // A link stays one, and a script one that can be run.
        const target = kind === 'change' ? await realpath(named) : named;
        const beside = `${target}.${process.pid}-${written.length}.new`;
        written.push({ beside, target });
        await writeFile(beside, text);
        if (kind === 'change') await chmod(beside, (await stat(target)).mode);
      }
      return written;
    } catch (error) {
      for (const { beside } of written) await rm(beside, { force: true });
      for (const { beside } of written) await this.removeEmptyFolders(path.dirname(beside));
      throw error;
    }
  }

  private async removeEmptyFolders(folder: string): Promise<void> {
    if (folder === this.root || !existsSync(folder) || (await readdir(folder)).length > 0) return;
    await rmdir(folder);
    await this.removeEmptyFolders(path.dirname(folder));
  }

  private sourceFile(file: string): SourceFile | undefined {
    return this.project.getSourceFile(path.join(this.root, file));
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR') return undefined;
    throw error;
  }
}
