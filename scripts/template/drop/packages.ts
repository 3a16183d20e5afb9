import { SyntaxKind } from 'ts-morph';
import { parseDocument } from 'yaml';
import { groupOf, schemaRoot } from '../config_keys.js';
import { type Plan } from '../plan.js';

/** What goes with a package beside its own folders; what imports it is found by itself. */
export interface Dropped {
  paths: readonly string[];
  /** Keys and groups of the configuration that nothing else uses. */
  configKeys: readonly string[];
  /** Of the Makefile. */
  targets: readonly string[];
  /** Edits that do not follow from what is gone. */
  edit?: (plan: Plan) => void;
}

/** The packages that a service can do without. */
export const DROPPABLE: Readonly<Record<string, Dropped>> = {
  devbroker: {
    paths: [
      'cmd/broker/',
      'config/embedded.ts',
      'docs/adr/0002-an-embedded-broker.md',
      'docs/benchmarks.md',
      'internal/app/embedded_broker.ts',
      'scripts/broker_program.ts',
      'scripts/verify_broker/',
      'test/bench/',
      // These start programs without saying on which brokers.
      'test/cmd/',
      'test/config/embedded.test.ts',
      'test/examples/',
      // Some of the tests that the README names run on it.
      'test/pkg/kafka/unit/readme.test.ts',
      'test/support/embedded_broker.ts',
    ],
    configKeys: ['APP.DATA_DIR'],
    targets: ['broker', 'bench', 'bench-broker', 'verify-broker'],
    edit: useAddresses,
  },
};

/** Without an embedded broker, KAFKA.BROKERS are addresses, by default those of `make kafka`. */
function useAddresses(plan: Plan): void {
  groupOf(schemaRoot(plan), 'KAFKA')
    ?.getPropertyOrThrow('BROKERS')
    .asKindOrThrow(SyntaxKind.PropertyAssignment)
    .setInitializer(
      `brokers
      .default(['127.0.0.1:9092'])
      .readonly()
      .meta({ description: 'Bootstrap addresses.', expected: 'host:port of each broker' })`,
    );
  const file = 'config/config.yaml';
  const document = parseDocument(plan.read(file));
  document.setIn(['KAFKA', 'BROKERS'], ['127.0.0.1:9092']);
  const group = document.getIn(['KAFKA'], true);
  // What was said of the embedded broker stood above the first key.
  if (typeof group === 'object' && group !== null && 'commentBefore' in group) {
    group.commentBefore = ' host:port of one or more brokers; `make kafka` starts one.';
  }
  plan.write(file, document.toString({ lineWidth: 0 }));
}
