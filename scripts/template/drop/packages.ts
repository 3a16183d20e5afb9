import { type Plan } from '../plan.js';
import { forgetEmbeddedBroker } from './embedded_broker.js';

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
      'internal/app/brokers.ts',
      'internal/app/embedded_broker.ts',
      'scripts/broker_program.ts',
      'scripts/verify_broker/',
      'test/bench/',
      // These start programs without saying on which brokers.
      'test/cmd/',
      'test/config/embedded.test.ts',
      'test/examples/',
      // Faults are what it was told to have.
      'test/pkg/kafka/faults/',
      // Some of the tests that the README names run on it.
      'test/pkg/kafka/unit/readme.test.ts',
      'test/support/embedded_broker.ts',
    ],
    configKeys: ['APP.DATA_DIR'],
    targets: ['broker', 'bench', 'bench-broker', 'test-contract', 'test-faults', 'verify-broker'],
    edit: forgetEmbeddedBroker,
  },
};
