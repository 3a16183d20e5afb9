import { expect } from 'chai';
import {
  AccessDenied,
  BrokerUnreachable,
  KafkaManager,
  type SaslOptions,
} from '../../../../pkg/kafka/index.js';
import { clientCredentials } from '../../../../pkg/kafka/security/token_source.js';
import { rejection } from '../../../support/caught.js';
import { newAuthority } from '../../../support/certificates.js';
import { LogBook } from '../../../support/log.js';
import { startTokenEndpoint, unsignedToken, type TokenEndpoint } from '../../../support/token_endpoint.js';
import { openSecured, roundTrip, type ClientSecurity } from './secured_client.js';
import { securedNode, USERS, type SecuredNode } from './secured_node.js';

const HOUR_MS = 3_600_000;

describe('a secured Apache Kafka', function () {
  this.timeout(60_000);
  let node: SecuredNode;
  let tls: { ca: string };
  let endpoint: TokenEndpoint;

  before(async () => {
    node = await securedNode();
    tls = { ca: node.authority.cert };
    endpoint = await startTokenEndpoint(() => undefined);
  });
  afterEach(() => endpoint.stop());

  const user = (
    mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512',
    password = USERS.admin,
  ): SaslOptions => ({
    mechanism,
    username: 'admin',
    password,
  });
  const tokenEndpoint = async (lifetimeMs: number): Promise<void> => {
    endpoint = await startTokenEndpoint(() => ({
      body: { access_token: unsignedToken('admin', lifetimeMs), expires_in: HOUR_MS / 1_000 },
    }));
  };
  const ping = async (broker: string, security: ClientSecurity): Promise<void> => {
    const { driver, log } = openSecured(broker, security);
    const manager = new KafkaManager(driver);
    try {
      await manager.ping();
    } catch (error) {
      // Whoever asked gets the error; the log is not to tell it as well.
      if (error instanceof AccessDenied) expect([...log.at('warn'), ...log.at('error')]).to.deep.equal([]);
      throw error;
    } finally {
      await manager.close();
    }
  };

  describe('is worked with', () => {
    it('over TLS', async () => {
      expect(await roundTrip(node.at('TLS'), { tls })).to.deep.equal(['hello']);
    });

    it('over TLS with a certificate for another name, which is given as server name', async () => {
      await ping(node.at('ELSEWHERE'), { tls: { ...tls, serverName: 'kafka.example' } });
    });

    it('over mTLS', async () => {
      const own = await node.authority.issue();
      expect(await roundTrip(node.at('MTLS'), { tls: { ...tls, ...own } })).to.deep.equal(['hello']);
    });

    for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const) {
      it(`by ${mechanism} over TLS`, async () => {
        expect(await roundTrip(node.at('SASL'), { tls, sasl: user(mechanism) })).to.deep.equal(['hello']);
      });
    }

    it('by PLAIN in clear text', async () => {
      expect(await roundTrip(node.at('CLEAR'), { sasl: user('PLAIN') })).to.deep.equal(['hello']);
    });

    it('by OAUTHBEARER with tokens of an endpoint, which all its connections share', async () => {
      await tokenEndpoint(HOUR_MS);
      const token = tokensFrom(endpoint.url);
      const got = await roundTrip(node.at('SASL'), { tls, sasl: { mechanism: 'OAUTHBEARER', token } });
      expect(got).to.deep.equal(['hello']);
      expect(endpoint.requests).to.have.length(1);
    });
  });

  describe('G7: that keeps a client out is told at once, in one line with the mend', () => {
    const denied = async (broker: string, security: ClientSecurity): Promise<string> => {
      const { message, stack } = await rejection(ping(broker, security), AccessDenied);
      expect(message).to.contain(broker);
      expect(`${message}${stack ?? ''}`).to.not.contain('\n');
      return message;
    };

    it('unknown authority', async () => {
      const { cert } = await newAuthority('Somebody else');
      expect(await denied(node.at('TLS'), { tls: { ca: cert } })).to.match(
        /authority.*does not trust: give .* as ca/,
      );
      expect(await denied(node.at('TLS'), { tls: {} })).to.match(/authority.*does not trust/);
    });

    it('another host name', async () => {
      expect(await denied(node.at('ELSEWHERE'), { tls })).to.match(
        /not for the host name.*give that name as server name/,
      );
    });

    it('a certificate of the broker that has expired', async () => {
      expect(await denied(node.at('EXPIRED'), { tls })).to.match(
        /broker's certificate has expired: renew it/,
      );
    });

    it('no certificate of the client, one of an unknown authority, or one that has expired', async () => {
      expect(await denied(node.at('MTLS'), { tls })).to.match(
        /asks for a certificate of this client.*: give cert and key/,
      );
      const foreign = await (await newAuthority('Somebody else')).issue();
      expect(await denied(node.at('MTLS'), { tls: { ...tls, ...foreign } })).to.match(
        /this client's certificate: give one .* signed by|certificate of this client.*signed by/,
      );
      const expired = await node.authority.issue({ from: -2 * HOUR_MS, to: -HOUR_MS });
      expect(await denied(node.at('MTLS'), { tls: { ...tls, ...expired } })).to.match(
        /this client's certificate/,
      );
    });

    it('TLS where the broker has none', async () => {
      expect(await denied(node.at('CLEAR'), { tls })).to.match(/does not speak TLS at this address: use/);
    });

    for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const) {
      it(`a wrong password, by ${mechanism}`, async () => {
        const message = await denied(node.at('SASL'), { tls, sasl: user(mechanism, 'wrong-one') });
        expect(message).to.match(/does not accept the user name and password.*: check them/);
        expect(message).to.not.contain('wrong-one');
      });
    }

    it('a mechanism that is not offered', async () => {
      expect(await denied(node.at('CLEAR'), { sasl: user('SCRAM-SHA-512') })).to.match(
        /does not offer this SASL mechanism: choose one of its sasl.enabled.mechanisms/,
      );
    });

    it('SASL where the broker asks for none', async () => {
      expect(await denied(node.at('TLS'), { tls, sasl: user('PLAIN') })).to.match(
        /SASL.*: use the address of its SASL/,
      );
    });

    it('a token endpoint that is down, and a token that the broker does not accept', async () => {
      await tokenEndpoint(-HOUR_MS);
      const sasl: SaslOptions = { mechanism: 'OAUTHBEARER', token: tokensFrom(endpoint.url) };
      expect(await denied(node.at('SASL'), { tls, sasl })).to.match(/or the token: check them/);
      await endpoint.stop();
      const down: SaslOptions = { mechanism: 'OAUTHBEARER', token: tokensFrom(endpoint.url) };
      expect(await denied(node.at('SASL'), { tls, sasl: down })).to.match(
        /token endpoint .* does not answer \(.*ECONNREFUSED.*\); check that it runs/,
      );
    });

    it('no TLS where the broker asks for it', async () => {
      const { message } = await rejection(ping(node.at('TLS'), {}), BrokerUnreachable);
      expect(message).to.match(/closed the connection.*asks for TLS or SASL/);
    });
  });
});

function tokensFrom(tokenEndpoint: string) {
  return clientCredentials({ tokenEndpoint, clientId: 'kit', clientSecret: 'secret', logger: new LogBook() });
}
