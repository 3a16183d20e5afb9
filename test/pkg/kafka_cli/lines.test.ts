import { PassThrough, Readable } from 'node:stream';
import { expect } from 'chai';
import { runOn } from './run_on.js';

/** What `produce` sends of its input. */
async function sent(chunks: readonly (string | Buffer)[]): Promise<unknown[]> {
  const values: unknown[] = [];
  const kafka = {
    sendMessage: async (topic: string, _key: unknown, value: unknown) => {
      values.push(value);
      return { topic, partition: 0, offset: '0' };
    },
  };
  const admin = { topicOffsets: async () => [] };
  const stdin = Readable.from(chunks);
  const { code, stderr } = await runOn({ admin, kafka }, ['produce', 'orders'], { stdin });
  expect(code, stderr).to.equal(0);
  return values;
}

describe('the lines that produce reads', () => {
  const CASES: readonly (readonly [what: string, chunks: (string | Buffer)[], lines: string[]])[] = [
    [
      'end at a line feed, with a carriage return before it or without',
      ['a\r\nb\n', '\nc\n'],
      ['a', 'b', '', 'c'],
    ],
    ['keep the separators of Unicode', ['{"a":"\u2028\u2029\u0085"}\n'], ['{"a":"\u2028\u2029\u0085"}']],
    ['keep a carriage return within, and all but one at the end', ['a\rb\r\r\nc\n'], ['a\rb\r', 'c']],
    ['end with the input as well', ['a\n', 'b'], ['a', 'b']],
    ['are as they were where chunks cut them', ['a', 'b\r', '\nc', 'd\n'], ['ab', 'cd']],
    ['are none in an empty input', [], []],
  ];
  for (const [what, chunks, lines] of CASES) {
    it(what, async () => {
      expect(await sent(chunks)).to.deep.equal(lines);
      expect(await sent(chunks.map((chunk) => Buffer.from(chunk)))).to.deep.equal(lines);
    });
  }

  it('keep characters whole whose bytes come one by one', async () => {
    const text = 'zażółć\n漢字 😀\u2028';
    expect(await sent([...Buffer.from(text)].map((byte) => Buffer.of(byte)))).to.deep.equal(text.split('\n'));
  });

  it('that have not ended when the command is interrupted are not sent', async () => {
    const stop = new AbortController();
    const stdin = new PassThrough();
    const values: unknown[] = [];
    const sendMessage = async (topic: string, _key: unknown, value: unknown) => {
      values.push(value);
      stop.abort();
      return { topic, partition: 0, offset: '0' };
    };
    const tools = { admin: { topicOffsets: async () => [] }, kafka: { sendMessage } };
    stdin.write('whole\nalso whole\nhal');
    const { code } = await runOn(tools, ['produce', 'orders'], { stdin, signal: stop.signal });
    expect([code, values]).to.deep.equal([130, ['whole']]);
  });
});
