import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

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
  const usable = [
    usableBy('CA', { ca }),
    usableBy('CERT', { cert }),
    cert === undefined ? undefined : usableBy('KEY', { cert, key, passphrase: files.KEY_PASSPHRASE }),
    expired(cert, now),
  ];
  return usable.filter((fault) => fault !== undefined);
}

function usableBy(
  key: TlsFault['key'],
  settings: Readonly<Record<'ca' | 'cert' | 'key' | 'passphrase', string | undefined>> | object,
): TlsFault | undefined {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  try {
    createSecureContext(Object.fromEntries(given));
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const mend =
      key === 'KEY'
        ? 'give the PEM key that belongs to CERT, and its passphrase where it has one'
        : 'give PEM';
    return { key, what: `cannot be used (${reason})`, mend };
  }
}

function expired(cert: string | undefined, now: number): TlsFault | undefined {
  if (!cert?.includes('-----BEGIN CERTIFICATE')) return undefined;
  const { validTo } = new X509Certificate(cert);
  if (Date.parse(validTo) > now) return undefined;
  return { key: 'CERT', what: `expired on ${validTo}`, mend: 'renew it together with its key' };
}
