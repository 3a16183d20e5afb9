import type { TokenSource } from './token_source.js';

/** How this client says who it is. */
export type SaslOptions =
  | {
      readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
      readonly username: string;
      readonly password: string;
    }
  | {
      readonly mechanism: 'OAUTHBEARER';
      /** Asked for every new connection, and again before the session on it ends. */
      readonly token: TokenSource;
    };
