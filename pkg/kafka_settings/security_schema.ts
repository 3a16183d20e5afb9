import { z } from 'zod';
import { group } from '../config/index.js';
import { tokenEndpointFault } from '../kafka/index.js';

const LONGEST_PEM = 200_000;

const pem = (description: string) =>
  z.string().min(1).max(LONGEST_PEM).optional().meta({
    description,
    expected: 'PEM text, or the path of a PEM file',
  });

const name = (description: string) => z.string().min(1).max(1000).optional().describe(description);

const secret = (description: string, longest = 4096) =>
  z.string().min(1).max(longest).optional().meta({ description, secret: true });

/** KAFKA.SSL: how connections to the brokers are encrypted, and who trusts whom. */
export const kafkaSsl = group({
  ENABLED: z
    .boolean()
    .optional()
    .describe('Whether to encrypt; where unset, as soon as another key of SSL or a SASL mechanism is set.'),
  CA: pem('Authorities to trust instead of those of Node.js.'),
  CERT: pem('Certificate of this service with its chain, where the brokers ask for one (mTLS).'),
  KEY: z.string().min(1).max(LONGEST_PEM).optional().meta({
    description: 'Private key of CERT; the path of a file is read anew when the file is replaced.',
    expected: 'PEM text, or the path of a PEM file',
    secret: true,
  }),
  KEY_PASSPHRASE: secret('Passphrase of KEY where it has one.'),
  SERVER_NAME: name('Name that the certificates of the brokers must carry, where it is not their host name.'),
  REJECT_UNAUTHORIZED: z
    .boolean()
    .default(true)
    .describe('false trusts every certificate, so that anyone on the way can read along; not in production.'),
});

/** KAFKA.SASL: how this service says who it is. */
export const kafkaSasl = group({
  MECHANISM: z
    .enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'])
    .optional()
    .describe('How to authenticate; nothing where unset. PLAIN and OAUTHBEARER need TLS off loopback.'),
  USERNAME: name('User of PLAIN and SCRAM.'),
  PASSWORD: secret('Password of that user.'),
  OAUTH: group({
    TOKEN_ENDPOINT: z
      .string()
      .superRefine((text, context) => {
        const message = tokenEndpointFault(text);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      })
      .optional()
      .meta({
        description: 'Where OAUTHBEARER gets its tokens, by client credentials; https off loopback.',
        expected: 'a URL that starts with https://, without user and password',
      }),
    CLIENT_ID: name('Client that the token endpoint knows.'),
    CLIENT_SECRET: secret('Secret of that client.'),
    SCOPE: name('What the token is to be good for, where the endpoint asks for it.'),
  }),
});
