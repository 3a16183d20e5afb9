/** What decides whether connections are encrypted: keys of KAFKA.SSL, and KAFKA.SASL.MECHANISM. */
export interface EncryptionKeys {
  readonly ENABLED?: boolean | undefined;
  readonly CA?: string | undefined;
  readonly CERT?: string | undefined;
  readonly KEY?: string | undefined;
  readonly SERVER_NAME?: string | undefined;
  readonly MECHANISM?: string | undefined;
}

/**
 * Whether connections to the brokers are encrypted: as ENABLED says, and where that is unset, as soon as another
 * of these keys is set.
 */
export function encrypts({ ENABLED, CA, CERT, KEY, SERVER_NAME, MECHANISM }: EncryptionKeys): boolean {
  return ENABLED ?? [CA, CERT, KEY, SERVER_NAME, MECHANISM].some((value) => value !== undefined);
}
