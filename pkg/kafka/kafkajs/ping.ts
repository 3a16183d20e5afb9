import type { ConnectionOptions } from './client.js';
import { firstAnswer } from './first_answer.js';
import { ClusterLink } from './link.js';

/**
 * Asks the bootstrap addresses for the cluster's metadata until one answers, each over a connection of its own. The
 * one that answered last is asked first.
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
    const asks = nodes.map(({ address, link }) => async () => {
      await link.metadata([], timeoutMs);
      return address;
    });
    try {
      preferred = await firstAnswer(asks, timeoutMs);
    } finally {
      // Nothing of it goes on: a host that accepts connections and stays silent would hold the process.
      for (const { link } of nodes) link.close();
    }
  };
}
