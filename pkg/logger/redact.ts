/** What stands in a line in place of a secret. */
export const REDACTED = '[redacted]';

/** Shorter values would blank out parts of ordinary words. */
const SHORTEST_SECRET = 4;

/** More than what the patterns below match in practice. */
const LONGEST_PATTERN = 512;

const SECRET_KEY =
  /passw(or)?d|passphrase|secret|token|authorization|cookie|credential|apikey|privatekey|accesskey|^auth$|^pass$|^pwd$/;

const secrets = new Set<string>();

/**
 * Keeps a value out of every line that this process logs from now on, wherever it stands in it.
 *
 * @param secret at least 4 characters.
 * @returns a function that forgets the value again.
 * @throws RangeError where the value is shorter.
 */
export function redact(secret: string): () => void {
  if (secret.length < SHORTEST_SECRET) {
    throw new RangeError(`A value to redact needs at least ${SHORTEST_SECRET} characters`);
  }
  const forms = [secret, encodeURIComponent(secret)];
  for (const form of forms) secrets.add(form);
  return () => {
    for (const form of forms) secrets.delete(form);
  };
}

/** Whether a field of this name holds a secret, whatever its case and separators: `X-Api-Key`, `apiKey`. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key.replace(/[^a-z0-9]/gi, '').toLowerCase());
}

/** How many characters of a text one secret may take: the longest that is registered, or a password in a URL. */
export function secretReach(): number {
  return Math.max(LONGEST_PATTERN, ...Array.from(secrets, (secret) => secret.length));
}

/** Takes out registered secrets, credentials of the HTTP Authorization header, and passwords in URLs. */
export function redactText(text: string): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, REDACTED);
  return clean
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${REDACTED}`)
    .replace(/(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:@/]*):[^\s@/]+@/gi, `$1:${REDACTED}@`);
}
