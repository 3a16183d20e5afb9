import { type Broker, startBroker } from '../../pkg/devbroker/index.js';

let embedded: Promise<Broker> | undefined;

/** The embedded broker of this process, for tests that need more of it than its address. */
export function embeddedBroker(): Promise<Broker> {
  embedded ??= startBroker({ port: 0 });
  return embedded;
}

/** Its addresses. */
export async function embeddedBrokers(): Promise<readonly string[]> {
  return (await embeddedBroker()).brokers;
}

// At the top level this belongs to mocha's root suite: it runs once, after all tests.
after(async () => {
  await (await embedded)?.stop();
});
