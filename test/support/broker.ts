import { randomBytes } from 'node:crypto';
import { embeddedBrokers } from './embedded_broker.js';

export { embeddedBroker } from './embedded_broker.js';

/** True when the suite runs on brokers from outside (TEST_KAFKA_BROKERS) instead of the embedded one. */
export function onExternalBroker(): boolean {
  return externalBrokers() !== undefined;
}

/** Where brokers for tests come from; the first that has any is asked. */
const sources: readonly (() => Promise<readonly string[] | undefined>)[] = [
  async () => externalBrokers(),
  embeddedBrokers,
];

/**
 * The bootstrap addresses for tests: TEST_KAFKA_BROKERS (comma separated) when set, else an embedded
 * broker, started with the first call and shared by the whole test process.
 * @throws Error where there are none
 */
export async function testBrokers(): Promise<readonly string[]> {
  for (const source of sources) {
    const brokers = await source();
    if (brokers) return brokers;
  }
  throw new Error('there are no brokers to test on: set TEST_KAFKA_BROKERS to their addresses');
}

/** A name that no other test uses: brokers outlive test runs. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}

function externalBrokers(): readonly string[] | undefined {
  const value = process.env['TEST_KAFKA_BROKERS'];
  return value === undefined || value === '' ? undefined : value.split(',');
}
