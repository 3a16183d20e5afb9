import type { Mechanism } from 'kafkajs';
import { TokenUnavailable, type TokenSource } from '../security/token_source.js';

const SEPARATOR = '\u0001';
const SIZE_BYTES = 4;

/**
 * The mechanism of RFC 7628. kafkajs's own takes the broker's refusal of a token for success, since it comes as
 * an ordinary answer that holds a JSON text (section 3.2.2), and fails at the next request without a reason.
 */
export function oauthBearer(token: TokenSource): Mechanism {
  return {
    mechanism: 'OAUTHBEARER',
    authenticationProvider: ({ saslAuthenticate }) => ({
      authenticate: async () => {
        const message = `n,,${SEPARATOR}auth=Bearer ${await token()}${SEPARATOR}${SEPARATOR}`;
        const refusal = await saslAuthenticate<string>({
          request: { encode: () => withSize(Buffer.from(message)) },
          response: {
            decode: (answer) => answer.subarray(SIZE_BYTES),
            parse: (answer) => answer.toString(),
          },
        });
        if (typeof refusal === 'string' && refusal !== '') {
          throw new TokenUnavailable(`SASL OAUTHBEARER authentication failed: ${refusal}`);
        }
      },
    }),
  };
}

function withSize(bytes: Buffer): Buffer {
  const size = Buffer.alloc(SIZE_BYTES);
  size.writeInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
}
