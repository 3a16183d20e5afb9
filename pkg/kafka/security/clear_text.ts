import type { SaslOptions } from './sasl.js';

/** Ways to authenticate that send what they are asked for as it is. */
const IN_CLEAR: ReadonlySet<string> = new Set<SaslOptions['mechanism']>(['PLAIN', 'OAUTHBEARER']);
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)(:\d+)?$/i;

/** Whether an address, with or without a port, is this machine's own. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.test(address);
}

/**
 * Why a connection without TLS would give a secret away; undefined where it would not. Addresses to begin with can be
 * checked when they are configured, those that brokers advertise only when they are connected to.
 *
 * @param mechanism of SASL
 */
export function clearTextSecret(mechanism: string, address: string): string | undefined {
  if (!IN_CLEAR.has(mechanism) || isLoopback(address)) return undefined;
  return `${mechanism} without TLS would send its secret in clear text to ${address}: switch TLS on, or use SCRAM-SHA-512`;
}
