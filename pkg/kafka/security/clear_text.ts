import type { SaslOptions } from './sasl.js';

/** Ways to authenticate that send what they are asked for as it is. */
const IN_CLEAR: ReadonlySet<string> = new Set<SaslOptions['mechanism']>(['PLAIN', 'OAUTHBEARER']);
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/;

/**
 * Why a connection without TLS would give a secret away; undefined where it would not. Addresses to begin with can be
 * checked when they are configured, those that brokers advertise only when they are connected to.
 */
export function clearTextSecret(mechanism: SaslOptions['mechanism'], host: string): string | undefined {
  if (!IN_CLEAR.has(mechanism) || LOOPBACK.test(host)) return undefined;
  return `${mechanism} without TLS would send its secret in clear text to ${host}: switch TLS on, or use SCRAM-SHA-512`;
}
