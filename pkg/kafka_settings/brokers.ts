import { z } from 'zod';

const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

/**
 * Says what is wrong with one bootstrap address, or nothing when it is `host:port` with a port from 1 to
 * 65535. IPv6 literals are refused: kafkajs 2.2.4 splits the address at its first colon.
 */
function brokerFault(address: string): string | undefined {
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

/** The same for a whole list: one of the words stands alone, otherwise every entry is an address. */
export function brokerListFaults(brokers: readonly string[], words: readonly string[] = []): string[] {
  if (brokers.length === 0) return ['the list is empty'];
  const word = words.find((one) => brokers.includes(one));
  if (word === undefined) {
    return brokers.flatMap((address) => {
      const fault = brokerFault(address);
      return fault === undefined ? [] : [`"${address}" ${fault}`];
    });
  }
  return brokers.length === 1 ? [] : [`the list mixes "${word}" with addresses; it stands alone`];
}

/** The schema of a list of bootstrap addresses, or of one of the words that stand for brokers without any. */
export function brokerList(words: readonly string[]) {
  return z.array(z.string()).superRefine((list, context) => {
    for (const message of brokerListFaults(list, words)) context.addIssue({ code: 'custom', message });
  });
}
