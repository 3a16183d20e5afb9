import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { certificatesFault, keyFault } from '../kafka/index.js';

/** Certificates and keys as they are given: PEM text, or the path of a PEM file. */
export interface TlsFiles {
  readonly CA?: string | undefined;
  readonly CERT?: string | undefined;
  readonly KEY?: string | undefined;
  readonly KEY_PASSPHRASE?: string | undefined;
}

/** What is wrong with one of them. */
export interface TlsFault {
  readonly key: 'CA' | 'CERT' | 'KEY';
  readonly what: string;
  readonly mend: string;
}

/** Reads the files and says which cannot be used: unreadable, no PEM, not belonging together, or expired. */
export function tlsFaults(files: TlsFiles, now = Date.now()): TlsFault[] {
  const faults: TlsFault[] = [];
  const read = (key: TlsFault['key']): string | undefined => {
    const given = files[key];
    if (given === undefined || given.includes('-----BEGIN ')) return given;
    try {
      return readFileSync(given, 'utf8');
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? String(error);
      const mend = 'give the path of a readable PEM file';
      faults.push({ key, what: `names a file that cannot be read (${reason})`, mend });
      return undefined;
    }
  };
  const [ca, cert, key] = [read('CA'), read('CERT'), read('KEY')];
  if (faults.length > 0) return faults;
  const inThem = [
    unusable('CA', ca === undefined ? undefined : certificatesFault(ca)),
    unusable('CERT', cert === undefined ? undefined : certificatesFault(cert)),
    unusable('KEY', key === undefined ? undefined : keyFault(key)),
  ].filter((fault) => fault !== undefined);
  if (inThem.length > 0 || cert === undefined) return inThem;
  const together = [unusable('KEY', misfit(cert, key, files.KEY_PASSPHRASE)), expired(cert, now)];
  return together.filter((fault) => fault !== undefined);
}

const MENDS: Readonly<Record<TlsFault['key'], string>> = {
  CA: 'give the certificates of the authorities as PEM',
  CERT: 'give PEM',
  KEY: 'give the PEM key that belongs to CERT, and its passphrase where it has one',
};

function unusable(key: TlsFault['key'], reason: string | undefined): TlsFault | undefined {
  return reason === undefined ? undefined : { key, what: `cannot be used (${reason})`, mend: MENDS[key] };
}

/** Why certificate and key cannot be used together. */
function misfit(cert: string, key: string | undefined, passphrase: string | undefined): string | undefined {
  const given = Object.entries({ cert, key, passphrase }).filter(([, value]) => value !== undefined);
  try {
    createSecureContext(Object.fromEntries(given));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function expired(cert: string, now: number): TlsFault | undefined {
  const { validTo } = new X509Certificate(cert);
  if (Date.parse(validTo) > now) return undefined;
  return { key: 'CERT', what: `expired on ${validTo}`, mend: 'renew it together with its key' };
}
