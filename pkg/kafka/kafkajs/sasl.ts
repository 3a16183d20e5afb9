import type { Mechanism, SASLOptions } from 'kafkajs';
import type { SaslOptions } from '../security/sasl.js';
import { currentSecret, type Secret } from '../security/secret.js';
import { oauthBearer } from './oauth_bearer.js';

/** Milliseconds before a session ends at which kafkajs authenticates anew: a token must live for longer. */
export const REAUTHENTICATION_MS = 5_000;

/** The options for one kafkajs client, which writes into them. */
export function toKafkajsSasl(options: SaslOptions): SASLOptions | Mechanism {
  switch (options.mechanism) {
    case 'OAUTHBEARER':
      return oauthBearer(options.token);
    case 'PLAIN':
      return withPassword({ mechanism: 'plain', username: options.username }, options.password);
    case 'SCRAM-SHA-256':
      return withPassword({ mechanism: 'scram-sha-256', username: options.username }, options.password);
    case 'SCRAM-SHA-512':
      return withPassword({ mechanism: 'scram-sha-512', username: options.username }, options.password);
  }
}

/** kafkajs reads it from the one object for each connection. */
function withPassword<T extends object>(options: T, secret: Secret): T & { readonly password: string } {
  return Object.defineProperty(options, 'password', {
    enumerable: true,
    get: () => currentSecret(secret),
  }) as T & { readonly password: string };
}
