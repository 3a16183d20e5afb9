import { X509Certificate } from 'node:crypto';

const BEGIN = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/g;
const CERTIFICATE = /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END \1?CERTIFICATE-----/g;

/**
 * What is wrong with a text that is to hold certificates, or nothing: OpenSSL takes an empty or cut-off list of
 * authorities without a word, and Node.js then trusts its own instead.
 */
export function certificatesFault(pem: string): string | undefined {
  const certificates = pem.match(CERTIFICATE) ?? [];
  const begun = (pem.match(BEGIN) ?? []).length;
  if (begun === 0) return 'no PEM certificate in it';
  if (certificates.length < begun) return 'a certificate in it is cut off';
  for (const certificate of certificates) {
    try {
      new X509Certificate(certificate);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  return undefined;
}

/** The same for a private key; whether it belongs to a certificate shows when they are used together. */
export function keyFault(pem: string): string | undefined {
  return pem.includes('PRIVATE KEY-----') ? undefined : 'no PEM key in it';
}
