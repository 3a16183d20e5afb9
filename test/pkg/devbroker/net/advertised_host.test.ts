import { connect as connectSocket } from 'node:net';
import { expect } from 'chai';
import { type BrokerOptions, startBroker } from '../../../../pkg/devbroker/index.js';
import { RawClient } from './raw_client.js';
import { Key, metadataRequest } from './requests.js';

/** What a broker with these options tells in the answers that name a host, and in its bootstrap list. */
async function toldBy(options: BrokerOptions) {
  const broker = await startBroker(options);
  try {
    const { port } = broker.nodes[0]!;
    const client = new RawClient(connectSocket(port, '127.0.0.1'));
    const metadata = await client.ask(Key.Metadata, 6, metadataRequest([]));
    const found = await client.ask(Key.FindCoordinator, 2, { key: 'g', keyType: 0, coordinatorKeys: [] });
    client.close();
    const { brokers } = metadata as { brokers: { host: string }[] };
    const { host: coordinator } = found as { host: string };
    const bootstrap = broker.brokers.map((one) => one.replace(`:${port}`, ':port'));
    return { hosts: brokers.map(({ host }) => host), coordinator, bootstrap };
  } finally {
    await broker.stop();
  }
}

function all(host: string, bootstrap = `${host}:port`) {
  return { hosts: [host], coordinator: host, bootstrap: [bootstrap] };
}

describe('the host that clients are told', () => {
  it('is the one to listen on', async () => {
    expect(await toldBy({})).to.deep.equal(all('127.0.0.1'));
  });

  it('is the loopback address when all addresses are listened on, since nobody can connect to that', async () => {
    expect(await toldBy({ host: '0.0.0.0' })).to.deep.equal(all('127.0.0.1'));
  });

  it('can be another than the address to listen on', async () => {
    const options = { host: '0.0.0.0', advertisedHost: 'kafka.example' };
    expect(await toldBy(options)).to.deep.equal(all('kafka.example'));
  });

  it('stands in brackets in a bootstrap list when it is an IPv6 address, and nowhere else', async () => {
    expect(await toldBy({ advertisedHost: '::1' })).to.deep.equal(all('::1', '[::1]:port'));
  });
});
