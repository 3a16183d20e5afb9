import { expect } from 'chai';
import { loadConfig } from '../../../config/config.js';
import { problemsOf } from '../../config/support.js';

describe('the address of the translator', () => {
  for (const url of ['http://ada:secret@translate:5000', 'https://secret@translate', 'http:///a:secret@b']) {
    it(`has no user and no password, which it would show and no request can use: ${url}`, () => {
      const [problem, ...others] = problemsOf({ env: { TRANSLATOR_URL: url } });
      expect(problem).to.include({ path: 'TRANSLATOR.URL', source: 'env TRANSLATOR_URL' });
      expect(others).to.deep.equal([]);
      expect(JSON.stringify(problem)).not.to.include('secret');
    });
  }

  it('may have a path or a query with an @', () => {
    for (const url of ['http://translate:5000/@here', 'https://translate?as=a@b']) {
      expect(loadConfig({ env: { TRANSLATOR_URL: url } }).TRANSLATOR.URL).to.equal(url);
    }
  });
});
