import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { tlsSettings, TlsFilesUnusable } from '../../../../../pkg/kafka/security/tls.js';
import { caught } from '../../../../support/caught.js';
import { newAuthority, type KeyPair } from '../../../../support/certificates.js';
import { LogBook } from '../../../../support/log.js';

describe('TLS settings', () => {
  let folder: string;
  let first: KeyPair;
  let second: KeyPair;
  let ca: string;
  let log: LogBook;
  const at = (name: string) => path.join(folder, name);

  before(async () => {
    const authority = await newAuthority();
    ca = authority.cert;
    [first, second] = [await authority.issue(), await authority.issue()];
  });
  beforeEach(() => {
    log = new LogBook();
    folder = mkdtempSync(path.join(tmpdir(), 'tls-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function write({ cert, key }: KeyPair): void {
    writeFileSync(at('cert.pem'), cert);
    writeFileSync(at('key.pem'), key);
  }
  const fromFiles = () => tlsSettings({ cert: at('cert.pem'), key: at('key.pem') }, log);

  it('take PEM as text or as the path of a file', () => {
    write(first);
    expect(fromFiles()().secureContext).to.not.equal(undefined);
    const fromText = tlsSettings({ ...first, ca, serverName: 'kafka' }, log)();
    expect(fromText).to.include({ servername: 'kafka', rejectUnauthorized: true });
  });

  it('stay the same for all connections until a file is replaced, then are new', () => {
    write(first);
    const settings = fromFiles();
    const before = settings().secureContext;
    expect(settings().secureContext).to.equal(before);
    write(second);
    expect(settings().secureContext).to.not.equal(before);
  });

  it('keep the former certificate while its files do not fit each other, and say so once', () => {
    write(first);
    const settings = fromFiles();
    const before = settings().secureContext;
    writeFileSync(at('cert.pem'), second.cert);
    expect(settings().secureContext).to.equal(before);
    expect(settings().secureContext).to.equal(before);
    expect(log.at('warn')).to.deep.equal(['the TLS files cannot be used; the former ones stay in use']);
    writeFileSync(at('key.pem'), second.key);
    expect(settings().secureContext).to.not.equal(before);
  });

  for (const name of ['ca', 'cert', 'key']) {
    it(`keep the former ${name} while its file is empty or cut off, since it is just being written`, () => {
      write(first);
      writeFileSync(at('ca.pem'), ca);
      const settings = tlsSettings({ ca: at('ca.pem'), cert: at('cert.pem'), key: at('key.pem') }, log);
      const before = settings().secureContext;
      const whole = readFileSync(at(`${name}.pem`), 'utf8');
      for (const part of ['', whole.slice(0, 40)]) {
        writeFileSync(at(`${name}.pem`), part);
        expect(settings().secureContext).to.equal(before);
      }
      expect(log.at('warn')).to.not.deep.equal([]);
      writeFileSync(at(`${name}.pem`), `${whole}\n`);
      expect(settings().secureContext).to.not.equal(before);
    });
  }

  it('that cannot be used from the beginning are an error that names the file, or the reason', () => {
    const missing = caught(() => tlsSettings({ ca: at('none.pem') }, log), TlsFilesUnusable);
    expect(missing.message).to.match(/none\.pem \(ca\) cannot be read \(ENOENT\); give the path/);
    writeFileSync(at('text.pem'), 'no certificate');
    const text = caught(() => tlsSettings({ ca: at('text.pem') }, log), TlsFilesUnusable);
    expect(text.message).to.match(/text\.pem \(ca\) cannot be used \(no PEM certificate in it\); give PEM/);
    const wrong = caught(() => tlsSettings({ cert: first.cert, key: second.key }, log), TlsFilesUnusable);
    expect(wrong.message).to.match(/cannot be used \(.*mismatch.*\); give PEM/);
  });
});
