import { expect } from 'chai';
import { oauthBearer } from '../../../../../pkg/kafka/kafkajs/oauth_bearer.js';
import { TokenUnavailable } from '../../../../../pkg/kafka/security/token_source.js';
import { rejection } from '../../../../support/caught.js';

const SIZE_BYTES = 4;
const REFUSAL = '{"status":"invalid_token"}';

/** Authenticates with a broker that answers so. */
async function authenticate(answer: string): Promise<void> {
  const { authenticationProvider } = oauthBearer(async () => 'a token');
  const authenticator = authenticationProvider({
    host: 'localhost',
    port: 9092,
    logger: {} as never,
    saslAuthenticate: async ({ response }) => {
      const payload = Buffer.from(answer);
      const size = Buffer.alloc(SIZE_BYTES);
      size.writeInt32BE(payload.length);
      return response?.parse(await response.decode(Buffer.concat([size, payload])));
    },
  });
  await authenticator.authenticate();
}

describe('SASL OAUTHBEARER', () => {
  it('takes an empty answer for success', async () => {
    await authenticate('');
  });

  it('a token that the broker refuses in an ordinary answer does not count as accepted', async () => {
    const { message } = await rejection(authenticate(REFUSAL), TokenUnavailable);
    expect(message).to.include('authentication failed').and.to.include(REFUSAL);
  });
});
