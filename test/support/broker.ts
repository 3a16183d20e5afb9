import { randomBytes } from 'node:crypto';
import { startBroker, type Broker } from '../../pkg/devbroker/index.js';

let embedded: Promise<Broker> | undefined;

/** True when the suite runs on brokers from outside (TEST_KAFKA_BROKERS) instead of the embedded one. */
export function onExternalBroker(): boolean {
  return externalBrokers() !== undefined;
}

/**
 * The bootstrap addresses for tests: TEST_KAFKA_BROKERS (comma separated) when set, else an embedded
 * broker, started with the first call and shared by the whole test process.
 */
export async function testBrokers(): Promise<readonly string[]> {
  return externalBrokers() ?? (await embeddedBroker()).brokers;
}

/** The embedded broker of this process, for tests that need more of it than its address. */
export function embeddedBroker(): Promise<Broker> {
  embedded ??= startBroker({ port: 0 });
  return embedded;
}

/** A name that no other test uses: brokers outlive test runs. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}

function externalBrokers(): readonly string[] | undefined {
  const value = process.env['TEST_KAFKA_BROKERS'];
  return value === undefined || value === '' ? undefined : value.split(',');
}

// At the top level this belongs to mocha's root suite: it runs once, after all tests.
after(async () => {
  await (await embedded)?.stop();
});
