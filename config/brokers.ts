import { EMBEDDED } from './embedded.js';

/** Values of KAFKA.BROKERS that are no address; each stands alone. */
const WORDS: readonly string[] = [EMBEDDED];

const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

/**
 * Says what is wrong with one bootstrap address, or nothing when it is `host:port` with a port from 1 to
 * 65535. IPv6 literals are refused: kafkajs 2.2.4 splits the address at its first colon.
 */
export function brokerFault(address: string): string | undefined {
  if (address.trim() !== address || address === '')
    return 'holds an empty address or one with spaces around it';
  if (address.includes('://')) return 'has a scheme; the security protocol is not part of the address';
  if (address.includes('[') || address.split(':').length > 2) {
    return 'is an IPv6 literal, which the Kafka client cannot parse; give a host name or an IPv4 address';
  }
  const [host, port] = address.split(':');
  if (host === undefined || !HOST.test(host)) return 'has no valid host name before the port';
  if (port === undefined) return 'has no port';
  return /^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65535 ? undefined : 'has no port from 1 to 65535';
}

/** The same for a whole list: a word stands alone, otherwise every entry is an address. */
export function brokerListFaults(brokers: readonly string[]): string[] {
  if (brokers.length === 0) return ['the list is empty'];
  const word = WORDS.find((one) => brokers.includes(one));
  if (word === undefined) {
    return brokers.flatMap((address) => {
      const fault = brokerFault(address);
      return fault === undefined ? [] : [`"${address}" ${fault}`];
    });
  }
  return brokers.length === 1 ? [] : [`the list mixes "${word}" with addresses; it stands alone`];
}
