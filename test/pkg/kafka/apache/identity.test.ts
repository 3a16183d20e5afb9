import { expect } from 'chai';
import { GroupJoinFailed, KafkaAdmin, KafkaManager, type SaslOptions } from '../../../../pkg/kafka/index.js';
import { uniqueName } from '../../../support/broker.js';
import { rejection } from '../../../support/caught.js';
import { openSecured, type ClientSecurity } from './secured_client.js';
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
});
