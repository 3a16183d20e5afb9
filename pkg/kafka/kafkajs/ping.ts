import { settlesWithin, withTimeout } from '../async.js';
import { DriverError } from '../driver.js';
import type { ConnectionOptions } from './client.js';
import { ClusterLink } from './link.js';

/**
 * Asks the bootstrap addresses for the cluster's metadata until one answers. Each gets a share of the time before
 * the next is asked beside it, so that neither dead nodes nor silent ones make a cluster look gone that still has
 * another. The one that answered last is asked first.
 *
 * @returns what rejects with DriverError when none answers within so many milliseconds
 */
export function createPing(options: ConnectionOptions): (timeoutMs: number) => Promise<void> {
  let preferred: string | undefined;

  return async (timeoutMs) => {
    const isPreferred = (address: string): number => Number(address === preferred);
    const addresses = [...options.brokers].sort((one, other) => isPreferred(other) - isPreferred(one));
    const nodes = addresses.map((address) => ({
      address,
      link: new ClusterLink({ ...options, brokers: [address] }),
    }));
    const tooLate = () => new DriverError('unreachable', `no answer within ${timeoutMs} ms`);
    try {
      preferred = await withTimeout(firstToAnswer(nodes, timeoutMs / (nodes.length + 1)), timeoutMs, tooLate);
    } catch (error) {
      throw error instanceof AggregateError ? mostTelling(error.errors as unknown[]) : error;
    } finally {
      // Nothing of it goes on: a host that accepts connections and stays silent would hold the process.
      for (const { link } of nodes) link.close();
    }
  };
}

interface Node {
  readonly address: string;
  readonly link: ClusterLink;
}

/** The address of the first that answers. @throws AggregateError when none does */
async function firstToAnswer(nodes: readonly Node[], shareMs: number): Promise<string> {
  const asked: Promise<string>[] = [];
  const found = { answer: false };
  for (const { address, link } of nodes) {
    const asking = link.metadata([]).then(() => {
      found.answer = true;
      return address;
    });
    asked.push(asking);
    await settlesWithin(Promise.any(asked), shareMs);
    if (found.answer) break;
  }
  return Promise.any(asked);
}

/** That one node keeps this client out says more than that another does not answer. */
function mostTelling(errors: readonly unknown[]): unknown {
  return errors.find((error) => error instanceof DriverError && error.denied) ?? errors[0];
}
