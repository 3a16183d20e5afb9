import { expect } from 'chai';
import { apis } from '../../../../pkg/devbroker/apis/index.js';
import { encodingOf } from '../../../../pkg/devbroker/wire/api.js';
import { Reader } from '../../../../pkg/devbroker/wire/reader.js';
import { Writer } from '../../../../pkg/devbroker/wire/writer.js';

/** Bytes from hexadecimal text; what follows a # explains them. */
function bytes(text: string): Buffer {
  return Buffer.from(text.replace(/#.*$/gm, '').replace(/\s/g, ''), 'hex');
}

function apiOf(key: number) {
  const api = apis.get(key);
  if (!api) throw new Error(`API ${key} is not served`);
  return api;
}

/** What this broker reads from a request. @throws when bytes are left over */
export function read(key: number, version: number, text: string): unknown {
  const reader = new Reader(bytes(text));
  const request = apiOf(key).request.read(reader, encodingOf(apiOf(key), version));
  expect(reader.remaining, 'bytes left').to.equal(0);
  return request;
}

/** Asserts the bytes that this broker writes for an answer. */
export function expectAnswer(
  key: number,
  version: number,
  { answer, text }: { answer: unknown; text: string },
): void {
  const writer = new Writer();
  apiOf(key).response.write(writer, answer, encodingOf(apiOf(key), version));
  const written = Buffer.concat(writer.takeFrame().slice(1)).toString('hex');
  expect(written).to.equal(bytes(text).toString('hex'));
}
