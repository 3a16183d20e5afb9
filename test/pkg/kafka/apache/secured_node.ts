import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KafkaCluster } from '../../../../scripts/apache_kafka/cluster.js';
import type { Listener } from '../../../../scripts/apache_kafka/node_properties.js';
import { freePorts } from '../../../../scripts/apache_kafka/ports.js';
import { temporaryKafkaFolder } from '../../../../scripts/apache_kafka/temporary_folder.js';
import { startTestKafka } from '../../../support/apache_kafka.js';
import { newAuthority, type Authority, type KeyPair } from '../../../support/certificates.js';

/** Each a way into the node that asks for something else, or shows another certificate. */
const LISTENERS = {
  /** TLS, nobody is asked who they are. */
  TLS: 'SSL',
  /** TLS, clients must show a certificate. */
  MTLS: 'SSL',
  /** With a certificate that has expired. */
  EXPIRED: 'SSL',
  /** With a certificate of other hosts. */
  ELSEWHERE: 'SSL',
  /** Every mechanism, over TLS. */
  SASL: 'SASL_SSL',
  /** PLAIN only, in clear text. */
  CLEAR: 'SASL_PLAINTEXT',
} as const satisfies Record<string, Listener['protocol']>;

type ListenerName = keyof typeof LISTENERS;

/** Users with their passwords; the admin may do everything, alice nothing. */
export const USERS = { admin: 'admin-secret', alice: 'alice-secret' };

/** One Apache Kafka node with every kind of listener, and the authority that signed its certificates. */
export interface SecuredNode {
  readonly cluster: KafkaCluster;
  readonly authority: Authority;
  /** `host:port` of a listener, by its certificate's name. */
  at(listener: ListenerName): string;
  /** A folder for the files of a test; removed with the node. */
  readonly folder: string;
}

let running: Promise<SecuredNode> | undefined;

/** The node of this test process, started with the first call. */
export function securedNode(): Promise<SecuredNode> {
  running ??= start();
  return running;
}

after(async function () {
  this.timeout(30_000);
  const node = await running?.catch(() => undefined);
  if (node !== undefined) await rm(node.folder, { recursive: true, force: true });
});

async function start(): Promise<SecuredNode> {
  const folder = await temporaryKafkaFolder();
  const authority = await newAuthority();
  const names = Object.keys(LISTENERS) as ListenerName[];
  const ports = await freePorts(names.length);
  const portOf = (name: ListenerName): number => ports[names.indexOf(name)] ?? 0;
  const keystore = async (file: string, { cert, key }: KeyPair): Promise<string> => {
    const location = path.join(folder, file);
    await writeFile(location, `${key}\n${cert}\n`);
    return location;
  };
  const good = await keystore('node.pem', await authority.issue());
  const expired = await keystore('expired.pem', await authority.issue({ from: -7_200_000, to: -3_600_000 }));
  const elsewhere = await keystore('elsewhere.pem', await authority.issue({ hosts: ['kafka.example'] }));
  const trusted = path.join(folder, 'authority.pem');
  await writeFile(trusted, authority.cert);

  const cluster = await startTestKafka('secured', {
    listeners: Object.fromEntries(
      names.map((name) => [name, { protocol: LISTENERS[name], port: portOf(name) }]),
    ),
    scramUsers: USERS,
    properties: {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': good,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': trusted,
      ...ofListener('expired', { 'ssl.keystore.location': expired }),
      ...ofListener('elsewhere', { 'ssl.keystore.location': elsewhere }),
      ...ofListener('mtls', { 'ssl.client.auth': 'required' }),
      ...ofListener('sasl', {
        'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
        'plain.sasl.jaas.config': plainUsers(),
        'scram-sha-256.sasl.jaas.config': login('scram.ScramLoginModule'),
        'scram-sha-512.sasl.jaas.config': login('scram.ScramLoginModule'),
        'oauthbearer.sasl.jaas.config': login(
          'oauthbearer.OAuthBearerLoginModule',
          'unsecuredLoginStringClaim_sub="admin"',
        ),
        // Accepts tokens that nobody signed, which is what tests can make.
        'oauthbearer.sasl.server.callback.handler.class': `${SECURITY}.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler`,
      }),
      ...ofListener('clear', { 'sasl.enabled.mechanisms': 'PLAIN', 'plain.sasl.jaas.config': plainUsers() }),
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS;User:admin;User:CN=test;User:CN=renewed',
    },
  });
  return { cluster, authority, folder, at: (name) => `localhost:${portOf(name)}` };
}

const SECURITY = 'org.apache.kafka.common.security';

function login(module: string, options = ''): string {
  return `${SECURITY}.${module} required ${options};`;
}

function plainUsers(): string {
  const users = Object.entries(USERS).map(([name, password]) => `user_${name}="${password}"`);
  return login('plain.PlainLoginModule', users.join(' '));
}

function ofListener(name: string, settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`listener.name.${name}.${key}`, value]),
  );
}
