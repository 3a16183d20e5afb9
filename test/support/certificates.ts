import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate says. */
export interface CertificateOptions {
  /** Its common name; by default `test`. */
  readonly name?: string;
  /** Host names and IPv4 addresses that it is for. */
  readonly hosts?: readonly string[];
  /** Milliseconds from now in which it begins and ends to be valid: from an hour ago to a day from now. */
  readonly from?: number;
  readonly to?: number;
}

/** A certificate authority for tests, which signs what is asked for. */
export interface Authority {
  readonly cert: string;
  issue(options?: CertificateOptions): Promise<KeyPair>;
}

const HOUR_MS = 3_600_000;
const EC: webcrypto.EcKeyGenParams = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING: webcrypto.EcdsaParams = { name: 'ECDSA', hash: 'SHA-256' };

/** Makes an authority that nobody trusts yet. */
export async function newAuthority(name = 'Test authority'): Promise<Authority> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    ...validity({}),
    signingAlgorithm: SIGNING,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });

  const issue = async (options: CertificateOptions = {}): Promise<KeyPair> => {
    const own = await newKeys();
    const issued = await x509.X509CertificateGenerator.create({
      subject: `CN=${options.name ?? 'test'}`,
      issuer: certificate.subject,
      ...validity(options),
      signingAlgorithm: SIGNING,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false),
        new x509.SubjectAlternativeNameExtension((options.hosts ?? ['localhost', '127.0.0.1']).map(toName)),
      ],
    });
    return { cert: issued.toString('pem'), key: await keyText(own.privateKey) };
  };
  return { cert: certificate.toString('pem'), issue };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(EC, true, ['sign', 'verify']);
}

function validity({ from = -HOUR_MS, to = 24 * HOUR_MS }: CertificateOptions): {
  notBefore: Date;
  notAfter: Date;
} {
  return { notBefore: new Date(Date.now() + from), notAfter: new Date(Date.now() + to) };
}

function toName(host: string): { type: 'ip' | 'dns'; value: string } {
  return { type: /^[\d.]+$/.test(host) ? 'ip' : 'dns', value: host };
}

/** PKCS#8, which Java reads as well. */
async function keyText(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}
