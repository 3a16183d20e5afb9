import { expect } from 'chai';
import { createKafkajsDriver } from '../../../../../pkg/kafka/index.js';
import { clearTextSecret } from '../../../../../pkg/kafka/security/clear_text.js';
import { silent } from '../../contract/harness.js';
import { rejection } from '../fakes.js';

describe('a secret in clear text', () => {
  it('stays on this machine', () => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]']) {
      expect(clearTextSecret('PLAIN', host), host).to.equal(undefined);
    }
    for (const host of ['kafka', '192.0.2.1', '127.evil.example', 'localhost.example']) {
      expect(clearTextSecret('PLAIN', host), host).to.include(`in clear text to ${host}`);
      expect(clearTextSecret('OAUTHBEARER', host), host).to.include('switch TLS on');
      expect(clearTextSecret('SCRAM-SHA-256', host), host).to.equal(undefined);
    }
  });

  it('is not sent to a node on another machine, whoever named it: no connection is even begun', async () => {
    const sasl = { mechanism: 'PLAIN', username: 'alice', password: 'wonderland' } as const;
    const driver = createKafkajsDriver({
      brokers: ['192.0.2.1:9092'],
      clientId: 'test',
      logger: silent,
      sasl,
    });
    const error = await rejection(driver.ping(2_000));
    expect(String(error)).to.include('PLAIN without TLS would send its secret in clear text to 192.0.2.1');
    const { ping } = createKafkajsDriver({
      brokers: ['192.0.2.1:9092'],
      clientId: 'test',
      logger: silent,
      sasl: { ...sasl, mechanism: 'SCRAM-SHA-256' },
    });
    expect(String(await rejection(ping(50)))).not.to.include('clear text');
  });
});
