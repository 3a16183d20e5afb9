/**
 * What keeps a text from being the address of a token endpoint, or nothing. It never repeats the text, which may
 * hold a secret.
 */
export function tokenEndpointFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:\/\//i.test(text)) return 'is no URL that starts with https://';
  if (url.username !== '' || url.password !== '') {
    return 'holds a user or a password (not shown); the client id and its secret have settings of their own';
  }
  return undefined;
}

/** A token endpoint as it may be shown: without its query, which may hold a secret. */
export function shownEndpoint(text: string): string {
  const { origin, pathname } = new URL(text);
  return origin + pathname;
}
