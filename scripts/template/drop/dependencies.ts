import { type Plan } from '../plan.js';

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

type Locked = Manifest & {
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
};

/** The npm packages that sources import. */
export function packagesImported(plan: Plan): Set<string> {
  return new Set(
    plan.sources().flatMap(({ source }) =>
      [...source.getImportDeclarations(), ...source.getExportDeclarations()].flatMap((declaration) => {
        const specifier = declaration.getModuleSpecifierValue();
        const [, name] = /^((?:@[^/]+\/)?[^./][^/]*)/.exec(specifier ?? '') ?? [];
        return name === undefined || name.startsWith('node:') ? [] : [name];
      }),
    ),
  );
}

/** Takes packages, and those that they alone needed, out of package.json and its lock. */
export function removePackages(plan: Plan, names: readonly string[]): void {
  if (names.length === 0) return;
  const manifest = without(JSON.parse(plan.read('package.json')) as Manifest, names);
  plan.write('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  const lock = JSON.parse(plan.read('package-lock.json')) as { packages: Record<string, Locked> };
  lock.packages[''] = without(lock.packages[''] ?? {}, names);
  const kept = reachable(lock.packages);
  lock.packages = Object.fromEntries(Object.entries(lock.packages).filter(([place]) => kept.has(place)));
  plan.write('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
}

function without<M extends Manifest>(manifest: M, names: readonly string[]): M {
  const left = (all: Record<string, string>) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));
  const { dependencies, devDependencies } = manifest;
  return {
    ...manifest,
    ...(dependencies ? { dependencies: left(dependencies) } : {}),
    ...(devDependencies ? { devDependencies: left(devDependencies) } : {}),
  };
}

/** The places of all packages that the project needs, itself included. */
function reachable(packages: Readonly<Record<string, Locked>>): Set<string> {
  const found = new Set(['']);
  for (const place of found) {
    const { dependencies, devDependencies, optionalDependencies, peerDependencies } = packages[place] ?? {};
    const names = { ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies };
    for (const name of Object.keys(names)) {
      const target = resolved(packages, place, name);
      if (target !== undefined) found.add(target);
    }
  }
  return found;
}

/** Where a package finds another one: in its own folder, or in those around it. */
function resolved(
  packages: Readonly<Record<string, Locked>>,
  from: string,
  name: string,
): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (place in packages) return place;
    if (folder === '') return undefined;
  }
}
