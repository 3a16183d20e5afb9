import { once } from 'node:events';
import { type Duplex } from 'node:stream';
import { expect } from 'chai';
import { inMemorySocket } from '../../../../pkg/devbroker/net/in_memory.js';

async function readToEnd(stream: Duplex): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe('inMemorySocket', () => {
  it('carries bytes both ways', async () => {
    const { client, server } = inMemorySocket();
    client.end('question');
    server.end('answer');
    expect(await Promise.all([readToEnd(server), readToEnd(client)])).to.deep.equal(['question', 'answer']);
  });

  it('closes the other end when one is destroyed', async () => {
    for (const side of ['client', 'server'] as const) {
      const pair = inMemorySocket();
      const other = pair[side === 'client' ? 'server' : 'client'];
      other.resume();
      pair[side].destroy();
      await once(other, 'close');
      expect(other.destroyed).to.equal(true);
    }
  });

  it('lets what was written before a destroy be read', async () => {
    const { client, server } = inMemorySocket();
    server.write('last words');
    server.destroy();
    expect(await readToEnd(client)).to.equal('last words');
  });
});
