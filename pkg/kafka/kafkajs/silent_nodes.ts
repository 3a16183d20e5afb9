/** Where a node listens. */
interface Place {
  readonly host: string;
  readonly port: number;
}

/** Milliseconds for which a node that did not answer is asked after the others. */
const SHUNNED_MS = 30_000;

/** The nodes that did not answer lately, known to all connections of one driver. */
export class SilentNodes {
  /** By address, until when, in milliseconds of the monotonic clock. */
  readonly #until = new Map<string, number>();

  /** It has not answered in a time in which nodes do. */
  silent(node: Place): void {
    this.#until.set(addressOf(node), performance.now() + SHUNNED_MS);
  }

  answered(node: Place): void {
    this.#until.delete(addressOf(node));
  }

  isSilent(node: Place): boolean {
    return (this.#until.get(addressOf(node)) ?? 0) > performance.now();
  }
}

/** The place of a bootstrap address, `host:port` or `[host]:port`. */
export function placeOf(address: string): Place {
  const colon = address.lastIndexOf(':');
  return {
    host: address.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(address.slice(colon + 1)),
  };
}

function addressOf({ host, port }: Place): string {
  return `${host}:${port}`;
}
