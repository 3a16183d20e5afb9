import type { Mechanism } from 'kafkajs';
import { TokenUnavailable, type TokenSource } from '../security/token_source.js';

const SEPARATOR = '\u0001';
const SIZE_BYTES = 4;

/** kafkajs's mechanism, and where its tokens come from. */
export interface BearerMechanism extends Mechanism {
  readonly source: TokenSource;
  /** The one that is presented, where it has been asked for already. */
  readonly token?: string | undefined;
}

/**
 * The mechanism of RFC 7628. kafkajs's own takes the broker's refusal of a token for success, since it comes as
 * an ordinary answer that holds a JSON text (section 3.2.2), and fails at the next request without a reason.
 */
export function oauthBearer(source: TokenSource, token?: string): BearerMechanism {
  return {
    mechanism: 'OAUTHBEARER',
    source,
    token,
    authenticationProvider: ({ saslAuthenticate }) => ({
      authenticate: async () => {
        const message = `n,,${SEPARATOR}auth=Bearer ${token ?? (await source())}${SEPARATOR}${SEPARATOR}`;
        const refusal = await saslAuthenticate<string>({
          request: { encode: () => withSize(Buffer.from(message)) },
          response: {
            decode: (answer) => answer.subarray(SIZE_BYTES),
            parse: (answer) => answer.toString(),
          },
        });
        if (typeof refusal === 'string' && refusal !== '') {
          throw new TokenUnavailable(
            withOutage(`SASL OAUTHBEARER authentication failed: ${refusal}`, source.outage),
            { cause: source.outage },
          );
        }
      },
    }),
  };
}

/** A token, or a session that began with it, may not be accepted just because no newer one could be had. */
export function withOutage(refusal: string, outage: Error | undefined): string {
  return outage === undefined ? refusal : `${refusal}, and no newer token could be had: ${outage.message}`;
}

function withSize(bytes: Buffer): Buffer {
  const size = Buffer.alloc(SIZE_BYTES);
  size.writeInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
}
