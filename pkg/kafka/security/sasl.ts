import type { Secret } from './secret.js';
import type { TokenSource } from './token_source.js';

/** How this client says who it is. */
export type SaslOptions =
  | {
      readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
      readonly username: string;
      /** Asked for with every new connection. */
      readonly password: Secret;
    }
  | {
      readonly mechanism: 'OAUTHBEARER';
      /** Asked for every new connection, and again before the session on it ends. */
      readonly token: TokenSource;
    };
