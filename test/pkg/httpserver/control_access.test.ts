import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { expect } from 'chai';
import { guarded, problemOf } from './routes.js';
import { Frame } from './support.js';

describe('the HTTP frame guards control routes', () => {
  let frame: Frame;

  beforeEach(() => {
    frame = new Frame();
  });

  afterEach(() => frame.stop());

  const token = 'a-control-token-of-more-than-32-characters';
  const control = async (headers: Record<string, string> = {}) => {
    const response = await frame.call('/v1/control', { method: 'POST', headers });
    if (response.status === 204) return 204;
    return [response.status, (await problemOf(response))['code']];
  };

  it('by the token, and by nothing else', async () => {
    await frame.start([guarded], { control: { by: 'token', token } });
    expect(await control({ authorization: `Bearer ${token}` })).to.equal(204);
    expect(await control({ authorization: `bearer ${token}` })).to.equal(204);
    for (const authorization of [
      `Basic ${token}`,
      token,
      `Bearer ${token}x`,
      `Bearer ${token.slice(1)}`,
      'Bearer ',
    ]) {
      expect(await control({ authorization }), authorization).to.deep.equal([401, 'UNAUTHORIZED']);
    }
    expect(await control()).to.deep.equal([401, 'UNAUTHORIZED']);
    const refused = await frame.call('/v1/control', { method: 'POST' });
    expect(refused.headers.get('www-authenticate')).to.equal('Bearer');
  });

  it('from everybody when there is no token', async () => {
    await frame.start([guarded], { control: { by: 'nobody' } });
    expect(await control({ authorization: 'Bearer undefined' })).to.deep.equal([401, 'UNAUTHORIZED']);
  });

  it('on loopback from the pages of other origins only', async () => {
    await frame.start([guarded], { control: { by: 'loopback' } });
    const { host } = frame.address;
    expect(await control()).to.equal(204);
    expect(await control({ origin: `http://${host}` })).to.equal(204);
    for (const origin of ['https://evil.example', 'null', `http://${host}.evil.example`]) {
      expect(await control({ origin }), origin).to.deep.equal([403, 'FOREIGN_PAGE']);
    }
  });

  it('on loopback from pages of other origins that send no origin with what they embed', async () => {
    await frame.start([guarded], { control: { by: 'loopback' } });
    for (const site of ['same-origin', 'none']) {
      expect(await control({ 'sec-fetch-site': site }), site).to.equal(204);
    }
    for (const site of ['cross-site', 'same-site', '']) {
      expect(await control({ 'sec-fetch-site': site }), site).to.deep.equal([403, 'FOREIGN_PAGE']);
    }
  });

  it('on loopback from other names for this machine, which a page may have made', async () => {
    await frame.start([guarded], { control: { by: 'loopback' } });
    const statusFor = async (host: string) => {
      const { hostname, port } = frame.address;
      const request = httpRequest({ hostname, port, path: '/v1/control', method: 'POST', headers: { host } });
      const [response] = (await once(request.end(), 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    for (const host of ['localhost', 'localhost:8080', '127.0.0.1', '[::1]:8080']) {
      expect(await statusFor(host), host).to.equal(204);
    }
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:8080']) {
      expect(await statusFor(host), host).to.equal(403);
    }
  });
});
