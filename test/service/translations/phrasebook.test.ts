import { expect } from 'chai';
import { Phrasebook } from '../../../internal/repo/persistent/phrasebook/phrasebook.js';

describe('the phrasebook', () => {
  const translate = (text: string, source: string, target: string) =>
    new Phrasebook().translate(text, { source, target });

  it('translates the phrases it knows and keeps what is between them', async () => {
    expect(await translate('hello, world!', 'en', 'es')).to.equal('hola, mundo!');
  });

  it('keeps a capital at the beginning of a phrase', async () => {
    expect(await translate('Thank you, friend', 'en', 'vi')).to.equal('Cảm ơn, bạn');
  });

  it('prefers the longer phrase', async () => {
    expect(await translate('good night', 'en', 'de')).to.equal('gute Nacht');
  });

  it('leaves words alone that only contain a phrase', async () => {
    expect(await translate('nobody knows', 'en', 'de')).to.equal('nobody knows');
  });

  it('leaves a text in an unknown language as it is', async () => {
    expect(await translate('hello', 'xx', 'de')).to.equal('hello');
    expect(await translate('hello', 'en', 'xx')).to.equal('hello');
  });
});
