import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import type { Logger } from '../../logger/index.js';
import { certificatesFault, keyFault } from './pem.js';

/** How to encrypt and whom to trust. Certificates and keys are PEM text, or the path of a PEM file. */
export interface TlsOptions {
  /** The authorities to trust, instead of the ones that Node.js trusts. */
  readonly ca?: string | undefined;
  /** This client's certificate with its chain, where the brokers ask for one; `key` belongs to it. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly keyPassphrase?: string | undefined;
  /** The name that the brokers' certificates must carry; without it the host of each broker. */
  readonly serverName?: string | undefined;
  /** false accepts every certificate, so that anyone on the way can read along; default true. */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** The TLS files cannot be used; the message names the file and the reason. */
export class TlsFilesUnusable extends Error {
  override readonly name = 'TlsFilesUnusable';
}

/** What a new connection is opened with. */
export type TlsSettings = () => tls.ConnectionOptions;

const OLDEST_VERSION = 'TLSv1.2';

/**
 * Reads the files for every new connection, so that a certificate that was replaced is used from the next one
 * on. Where they cannot be used any more (a key that is newer than its certificate or a file that is still empty,
 * since they are just being replaced) the former ones stay, and the log says so once.
 *
 * @throws TlsFilesUnusable when they cannot be used from the beginning
 */
export function tlsSettings(options: TlsOptions, logger: Pick<Logger, 'warn'>): TlsSettings {
  let current = load(options);
  let complaint: string | undefined;
  const { serverName, rejectUnauthorized = true } = options;
  return () => {
    try {
      const texts = readAll(options);
      if (!sameTexts(texts, current.texts)) current = contextOf(texts, options);
      complaint = undefined;
    } catch (error) {
      if (!(error instanceof TlsFilesUnusable)) throw error;
      if (complaint !== error.message) {
        logger.warn('the TLS files cannot be used; the former ones stay in use', { error });
      }
      complaint = error.message;
    }
    return {
      secureContext: current.context,
      rejectUnauthorized,
      ...(serverName === undefined ? {} : { servername: serverName }),
    };
  };
}

interface Texts {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

interface Loaded {
  readonly texts: Texts;
  readonly context: tls.SecureContext;
}

function load(options: TlsOptions): Loaded {
  return contextOf(readAll(options), options);
}

function readAll({ ca, cert, key }: TlsOptions): Texts {
  return {
    ca: textOf('ca', ca, certificatesFault),
    cert: textOf('cert', cert, certificatesFault),
    key: textOf('key', key, keyFault),
  };
}

function textOf(
  what: string,
  given: string | undefined,
  faultOf: (pem: string) => string | undefined,
): string | undefined {
  if (given === undefined) return undefined;
  const text = isPem(given) ? given : readText(what, given);
  const fault = faultOf(text);
  if (fault === undefined) return text;
  const from = isPem(given) ? `PEM text (${what})` : `file ${given} (${what})`;
  throw new TlsFilesUnusable(`the TLS ${from} cannot be used (${fault}); give PEM`);
}

function readText(what: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new TlsFilesUnusable(
      `the TLS file ${file} (${what}) cannot be read (${reason}); give the path of a readable PEM file`,
      { cause: error },
    );
  }
}

function isPem(text: string): boolean {
  return text.includes('-----BEGIN ');
}

function contextOf(texts: Texts, { keyPassphrase }: TlsOptions): Loaded {
  const given = Object.entries({ ...texts, passphrase: keyPassphrase }).filter(
    ([, value]) => value !== undefined,
  );
  try {
    const context = tls.createSecureContext({ ...Object.fromEntries(given), minVersion: OLDEST_VERSION });
    return { texts, context };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TlsFilesUnusable(
      `the TLS certificate or key cannot be used (${reason}); give PEM, the key that belongs to the ` +
        'certificate, and its passphrase where it has one',
      { cause: error },
    );
  }
}

function sameTexts(one: Texts, other: Texts): boolean {
  return one.ca === other.ca && one.cert === other.cert && one.key === other.key;
}
