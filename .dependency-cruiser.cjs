/**
 * Who may import what: dependencies point inward, those of types included. scripts/lint_layers.ts applies these
 * rules and prints the comment of each rule that is broken: why it is one, and what to do instead.
 */

const OURS = '^(cmd|config|examples|internal|pkg|scripts|test)/';
const PROGRAM = '^(cmd|config|examples|internal|pkg)/';
/** Nobody but they themselves may import these, which is a rule of its own. */
const ASIDE = '^(scripts|test)/';
const PKG_INDEX = '^pkg/[^/]+/index[.]ts$';
const USECASE_CONTRACTS = '^internal/usecase/contracts([.]ts$|/)';
const REPO_CONTRACTS = '^internal/repo/contracts([.]ts$|/)';

const npm = (name) => `(^|/)node_modules/${name}/`;

const rule = (name, from, to, comment) => ({ name, comment, severity: 'error', from: { path: from }, to });

/** The part may import these parts of the project and no other; packages and node: are free. */
const only = (name, from, allowed, comment) => rule(name, from, { path: PROGRAM, pathNot: allowed }, comment);

/** The part may import this and nothing else, be it of the project, a package, or (where `core` is false) node:. */
const exactly = (name, from, { allowed, core }, comment) =>
  rule(
    name,
    from,
    {
      pathNot: [...allowed, ASIDE],
      couldNotResolve: false,
      ...(core ? { dependencyTypesNot: ['core'] } : {}),
    },
    comment,
  );

module.exports = {
  forbidden: [
    only(
      'cmd-starts-the-app',
      '^cmd/([^/]+)/',
      ['^internal/app/', '^config/', '^pkg/', '^cmd/$1/'],
      'a program loads the config and runs what internal/app builds; move logic inward, and to internal/app what programs share',
    ),
    only(
      'examples-use-the-app',
      '^examples/',
      ['^internal/app/', '^config/', '^pkg/', '^examples/'],
      'an example shows what a program can do; take what you need from the container of internal/app, or from pkg',
    ),
    only(
      'app-composes',
      '^internal/app/',
      ['^internal/', '^config/', '^pkg/'],
      'the composition root does not know who starts it; pass values in, as overrides of buildContainer',
    ),
    exactly(
      'controller-drives-use-cases',
      '^internal/controller/',
      {
        allowed: [USECASE_CONTRACTS, '^internal/(controller|entity)/', '^pkg/', npm('express'), npm('zod')],
        core: true,
      },
      'a controller translates a transport into use cases; import internal/usecase/contracts, and put other libraries behind a pkg',
    ),
    exactly(
      'usecase-knows-ports-only',
      '^internal/usecase/([^/]+)',
      {
        allowed: [
          USECASE_CONTRACTS,
          REPO_CONTRACTS,
          '^internal/entity/',
          '^internal/usecase/$1/',
          npm('inversify'),
        ],
        core: false,
      },
      'logic must not know what carries it out; add a port to internal/repo/contracts and inject it, or call another use case by its contract',
    ),
    exactly(
      'entity-depends-on-nothing',
      '^internal/entity/',
      { allowed: ['^internal/entity/', '^pkg/events/index[.]ts$', npm('zod')], core: false },
      'everything depends on the entities, so they depend on nothing but zod and defineEvent of pkg/events; move the code to a use case or behind a port',
    ),
    only(
      'repo-implements-ports',
      '^internal/repo/([^/]+)',
      [REPO_CONTRACTS, '^internal/entity/', '^pkg/', '^internal/repo/$1/'],
      'an adapter implements a port of internal/repo/contracts; take settings as arguments, and leave decisions to use cases',
    ),
    only(
      'pkg-knows-no-service',
      '^pkg/',
      ['^pkg/'],
      'a package must work in any service; take what you need as an argument or as an interface of your own',
    ),
    only(
      'config-stands-alone',
      '^config/',
      ['^config/', '^pkg/(config|kafka_settings|program)/'],
      'everything may be configured, so the config depends on nothing of the service; move the code that uses a value to where it is used',
    ),
    rule(
      'pkg-by-its-index',
      '^pkg/([^/]+)/',
      { path: '^pkg/', pathNot: ['^pkg/$1/', PKG_INDEX] },
      'what a package does not export it may change; import its index.ts, and export there what is missing',
    ),
    rule(
      'packages-by-their-index',
      '^(cmd|config|examples|internal)/',
      { path: '^pkg/', pathNot: PKG_INDEX },
      'what a package does not export it may change; import its index.ts, and export there what is missing',
    ),
    rule(
      'devbroker-on-node-alone',
      '^pkg/devbroker/',
      { pathNot: ['^pkg/devbroker/', ASIDE], dependencyTypesNot: ['core'], couldNotResolve: false },
      'the embedded broker must start where nothing is installed; write the little it needs, with node: modules',
    ),
    rule(
      'no-tests-in-programs',
      PROGRAM,
      { path: ASIDE },
      'tests and scripts are not part of a program; move what both need into the package that owns it',
    ),
    rule(
      'no-dev-dependency-in-sources',
      PROGRAM,
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
      'a production install leaves it out; list it in dependencies, or use it in tests and scripts only',
    ),
    rule(
      'no-circular',
      OURS,
      { circular: true },
      'a cycle has no order in which it can be read or loaded; move what both need into a third file',
    ),
    rule(
      'could-not-resolve',
      OURS,
      { couldNotResolve: true },
      'the import leads nowhere; correct the path, or add the package to package.json and install it',
    ),
  ],
  options: {
    // Without this, imports of types vanish with the types and break layers unseen.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
