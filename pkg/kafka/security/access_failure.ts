/**
 * Why brokers that are there cannot be used: they, or this client, do not accept the other. Each is found by
 * what Node.js, OpenSSL, kafkajs or the broker says of it, and told as cause and mend.
 */
interface AccessFailure {
  readonly says: RegExp;
  readonly cause: string;
  readonly mend: string;
}

const FAILURES: readonly AccessFailure[] = [
  {
    says: /self[- ]signed certificate|unable to (verify the first|get (local )?issuer) certificate/i,
    cause: "the broker's certificate is signed by an authority that this client does not trust",
    mend: 'give the certificate of that authority as ca',
  },
  {
    says: /Hostname\/IP does not match certificate's altnames/i,
    cause: "the broker's certificate is not for the host name that was connected to",
    mend: 'connect by a name that it carries, or give that name as server name',
  },
  {
    says: /certificate has expired/i,
    cause: "the broker's certificate has expired",
    mend: 'renew it on the broker, and check the clock of this machine',
  },
  {
    says: /certificate is not yet valid/i,
    cause: "the broker's certificate is not valid yet",
    mend: 'check the clocks of this machine and of the broker',
  },
  {
    says: /alert certificate expired/i,
    cause: "this client's certificate has expired",
    mend: 'renew the certificate given as cert and its key; the next connection uses it',
  },
  {
    says: /alert (certificate required|bad certificate|handshake failure)/i,
    cause: 'the broker asks for a certificate of this client, and got none that it accepts',
    mend: 'give cert and key, signed by an authority in its trust store',
  },
  {
    says: /alert (unknown ca|certificate unknown|certificate revoked|unsupported certificate)/i,
    cause: "the broker does not accept this client's certificate",
    mend: 'give one that has not expired and is signed by an authority in its trust store, with its chain',
  },
  {
    says: /wrong version number|packet length too long|before secure TLS connection was established/i,
    cause: 'the broker does not speak TLS at this address',
    mend: 'use the address of its TLS listener, or switch TLS off',
  },
  {
    says: /alert protocol version|unsupported protocol|no shared cipher/i,
    cause: 'the broker and this client have no version of TLS in common',
    mend: 'let the broker offer TLS 1.2 or newer',
  },
  {
    says: /mechanism is not supported by the server|does not support the requested SASL mechanism|UNSUPPORTED_SASL_MECHANISM/i,
    cause: 'the broker does not offer this SASL mechanism',
    mend: 'choose one of its sasl.enabled.mechanisms',
  },
  {
    says: /refused to renew the session/i,
    cause: 'the broker refused to renew the session of a connection',
    mend: 'another connection takes its place; where it happens again and again, let tokens or sessions last longer',
  },
  {
    says: /not valid given the current SASL state|ILLEGAL_SASL_STATE/i,
    cause: 'the broker asks for no SASL at this address, or for another order of it',
    mend: 'use the address of its SASL listener, or switch SASL off',
  },
  {
    says: /SASL \S+( SHA\d+)? authentication failed|SASL Authentication failed|SASL authentication error|due to invalid credentials|invalid username or password/i,
    cause: 'the broker does not accept the user name and password, or the token',
    mend: 'check them, and that the user exists for this SASL mechanism',
  },
];

/** Says why brokers keep this client out, in one line; undefined where a text is of something else. */
export function explainAccess(text: string): string | undefined {
  // It says all of it already.
  if (text.includes('the token endpoint ') || text.includes('in clear text to ')) return text;
  const found = FAILURES.find(({ says }) => says.test(text));
  if (found === undefined) return undefined;
  return `${found.cause}: ${found.mend} (${oneLine(text)})`;
}

const RIGHTS: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED:
    'this client lacks a right on the topic: grant its user DESCRIBE, and WRITE to send, READ to receive, or CREATE to make it',
  GROUP_AUTHORIZATION_FAILED: 'this client lacks a right on the group: grant its user READ on it',
  CLUSTER_AUTHORIZATION_FAILED:
    'this client lacks a right on the cluster: grant its user CREATE to make topics, ALTER or DESCRIBE for other administration',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    'this client lacks a right on the transactional id: grant its user WRITE and DESCRIBE on it',
};

/** Whether the broker's answer is that a right is missing, by its name in the protocol. */
export function isMissingRight(protocolError: string | undefined): boolean {
  return protocolError?.endsWith('_AUTHORIZATION_FAILED') ?? false;
}

/** A right that is missing, with what it is missing on. READ and WRITE let a client see a topic as well. */
export function missingRight(right: 'READ' | 'WRITE', on: 'topic' | 'group', name: string): string {
  return `this client lacks a right on the ${on} ${name}: grant its user ${right} on it`;
}

/** Names the right that is missing, by the broker's answer; undefined where it is about something else. */
export function explainRefusal(protocolError: string | undefined): string | undefined {
  return protocolError === undefined ? undefined : RIGHTS[protocolError];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
