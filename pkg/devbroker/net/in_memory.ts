import { type Duplex, duplexPair } from 'node:stream';

/**
 * Two streams that behave as the ends of one socket: what is written to one is read from the other, and when
 * one is destroyed or ended, the other learns of it. `duplexPair` alone tells nothing of a destroyed side.
 */
export function inMemorySocket(): { client: Duplex; server: Duplex } {
  const [client, server] = duplexPair();
  link(client, server);
  link(server, client);
  // A stream finds its end only when it is read again, and the server does not read while it works on a request.
  server.on('readable', () => {
    if (server.readableLength === 0) server.read(0);
  });
  return { client, server };
}

function link(from: Duplex, to: Duplex): void {
  from.once('close', () => {
    // What was written before can still be read, as with a socket.
    if (!to.readableEnded && !to.destroyed) to.once('end', () => to.destroy()).push(null);
    else to.destroy();
  });
}
