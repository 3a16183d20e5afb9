import { expect } from 'chai';
import { GroupJoinFailed, KafkaAdmin, KafkaManager, type SaslOptions } from '../../../../pkg/kafka/index.js';
import { clientCredentials } from '../../../../pkg/kafka/security/token_source.js';
import { uniqueName } from '../../../support/broker.js';
import { rejection } from '../../../support/caught.js';
import { eventually } from '../../../support/eventually.js';
import { LogBook } from '../../../support/log.js';
import { startTokenEndpoint, unsignedToken } from '../../../support/token_endpoint.js';
import { Load } from './load.js';
import { openSecured, WatchedSockets, type ClientSecurity } from './secured_client.js';
import { securedNode, USERS, type SecuredNode } from './secured_node.js';

/** At least so many are made until a member is in its group. */
const CONNECTIONS_OF_A_START = 10;

describe('a secured Apache Kafka, when a client can no longer say who it is', function () {
  this.timeout(120_000);
  let node: SecuredNode;
  let tls: { ca: string };

  before(async () => {
    node = await securedNode();
    tls = { ca: node.authority.cert };
  });

  const newTopic = async (partitions: number): Promise<string> => {
    const topic = uniqueName('identity');
    const { driver } = openSecured(node.at('TLS'), { tls });
    await new KafkaAdmin(driver).ensureTopics([{ topic, partitions, replicationFactor: 1 }]);
    return topic;
  };

  it('G7: a group of which any connection is refused, the first or a later one, is told the cause and the mend', async () => {
    const topic = await newTopic(1);
    const group = uniqueName('group');
    const start = async (security: ClientSecurity): Promise<void> => {
      const manager = new KafkaManager(openSecured(node.at(security.sasl ? 'SASL' : 'TLS'), security).driver);
      manager.addConsumer(topic, group, async () => undefined);
      try {
        await manager.startAllConsumers();
      } finally {
        await manager.close();
      }
    };
    // It makes the topics of the group, so that all that follows is its joining.
    await start({ tls });
    for (let accepted = 0; accepted < CONNECTIONS_OF_A_START; accepted += 1) {
      let connections = 0;
      const password = () => ((connections += 1) <= accepted ? USERS.admin : 'not it any more');
      const sasl: SaslOptions = { mechanism: 'PLAIN', username: 'admin', password };
      const { message } = await rejection(start({ tls, sasl }), GroupJoinFailed);
      expect(message, `connection ${accepted + 1}`).to.match(
        /broker does not accept the user name and password.*: check them/,
      );
    }
  });

  it('K18: a token endpoint that is down until the token has ended is asked and told of now and then, and nothing is lost', async () => {
    const lifetimeMs = 20_000;
    let issuedAt = 0;
    let down = false;
    const endpoint = await startTokenEndpoint(() => {
      if (down) return { status: 503, body: 'down' };
      issuedAt = Date.now();
      return { body: { access_token: unsignedToken('admin', lifetimeMs), expires_in: lifetimeMs / 1_000 } };
    });
    const logger = new LogBook();
    const logs = [logger];
    const token = clientCredentials({
      tokenEndpoint: endpoint.url,
      clientId: 'kit',
      clientSecret: 'secret',
      logger,
    });
    const sockets = new WatchedSockets(node.authority.cert);
    const open = () => {
      const sasl: SaslOptions = { mechanism: 'OAUTHBEARER', token };
      const { driver, log } = openSecured(node.at('SASL'), { socketFactory: sockets.open, sasl });
      logs.push(log);
      return driver;
    };
    const told = () => logs.flatMap((log) => [...log.at('warn'), ...log.at('error')]);
    const load = new Load(open, await newTopic(4));
    try {
      await load.start();
      await load.goesOn();
      const [asked, closed, lines] = [endpoint.requests.length, sockets.lifetimes.length, told().length];
      down = true;
      let closedEarly = 0;
      await eventually(
        () => {
          if (Date.now() < issuedAt + lifetimeMs - 1_000) closedEarly = sockets.lifetimes.length - closed;
          return told().some((line) => line.startsWith('Kafka: the token endpoint'));
        },
        { timeoutMs: 2 * lifetimeMs },
      );
      expect(closedEarly, 'connections that ended before their token').to.equal(0);
      down = false;
      const began = performance.now();
      await load.goesOn();
      expect(performance.now() - began, 'until all went on').to.be.below(20_000);
      expect(endpoint.requests.length - asked, 'requests for a token').to.be.within(2, 15);
      expect(told().slice(lines).length, told().join('\n')).to.be.within(2, 20);
      expect(told().join('\n')).not.to.match(/asks for no SASL|is not a function|refused to renew/);
      const figures = await load.finish();
      expect(figures).to.deep.include({ rejected: [], lost: [], outOfOrder: [], storedTwice: 0 });
    } finally {
      await load.close();
      await endpoint.stop();
    }
  });
});
