import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect } from 'chai';
import { NotAllowed, Unavailable } from '../../../internal/entity/errors.js';
import { LibreTranslate } from '../../../internal/repo/webapi/libre_translate.js';
import { rejection } from '../../support/caught.js';

describe('the translator by LibreTranslate', () => {
  let server: Server;
  let url: string;

  async function serve(listener: RequestListener): Promise<void> {
    server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const translate = (timeoutMs = 5_000, signal?: AbortSignal) =>
    new LibreTranslate({ url: `${url}/`, apiKey: 'key', timeoutMs }).translate(
      'hello',
      { source: 'en', target: 'de' },
      signal === undefined ? {} : { signal },
    );

  it('sends the text, the languages and the key, and returns the translation', async () => {
    const asked: unknown[] = [];
    await serve((request, response) => {
      void json(request).then((body) => {
        asked.push([request.method, request.url, body]);
        response.end('{"translatedText":"hallo","detectedLanguage":{}}');
      });
    });
    expect(await translate()).to.equal('hallo');
    const body = { q: 'hello', source: 'en', target: 'de', format: 'text', api_key: 'key' };
    expect(asked).to.deep.equal([['POST', '/translate', body]]);
  });

  for (const status of [401, 403, 404, 408, 429, 500, 502, 503]) {
    it(`calls the service unavailable when it answers ${status}, so that it is asked again`, async () => {
      await serve((_request, response) => response.writeHead(status).end());
      expect((await rejection(translate(), Unavailable)).code).to.equal('TRANSLATOR_UNAVAILABLE');
    });
  }

  for (const error of ['Please contact the server operator to get an API key', 'Invalid API key']) {
    it(`calls the service unavailable when it answers 400 for want of a key: ${error}`, async () => {
      await serve((_request, response) => response.writeHead(400).end(JSON.stringify({ error })));
      expect((await rejection(translate(), Unavailable)).code).to.equal('TRANSLATOR_UNAVAILABLE');
    });
  }

  for (const [what, body] of [
    ['names another fault', '{"error":"de is not supported"}'],
    ['is none', '<html>API key'],
    ['has another form', '{"error":{"text":"API key"}}'],
  ] as const) {
    it(`takes 400 for a refusal where the error ${what}`, async () => {
      await serve((_request, response) => response.writeHead(400).end(body));
      expect((await rejection(translate(), NotAllowed)).code).to.equal('TRANSLATION_REFUSED');
    });
  }

  for (const status of [400, 413, 422]) {
    it(`takes ${status} for a refusal that no repetition changes`, async () => {
      await serve((_request, response) => response.writeHead(status).end());
      expect((await rejection(translate(), NotAllowed)).code).to.equal('TRANSLATION_REFUSED');
    });
  }

  for (const [what, body] of [
    ['no JSON', '<html>'],
    ['no translation', '{"error":"no"}'],
  ] as const) {
    it(`calls the service unavailable when what it answers is ${what}`, async () => {
      await serve((_request, response) => response.end(body));
      await rejection(translate(), Unavailable);
    });
  }

  it('calls the service unavailable when it does not answer in time, or cannot be reached', async () => {
    await serve(() => undefined);
    await rejection(translate(20), Unavailable);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rejection(translate(), Unavailable);
  });

  it('stops asking when it is no longer wanted', async () => {
    const caller = new AbortController();
    await serve(() => {
      caller.abort();
    });
    await rejection(translate(5_000, caller.signal), Unavailable);
  });
});
