import { expect } from 'chai';
import { readHeader } from '../../../../pkg/devbroker/log/record_batch.js';
import { ErrorCode } from '../../../../pkg/devbroker/wire/errors.js';
import { Administrator } from './administrator.js';
import { batchOf } from '../net/requests.js';

const HOUR = 60 * 60 * 1000;
const LOG_APPEND_TIME = 0x08;

describe('what a topic takes, in the protocol', function () {
  this.timeout(30_000);
  let admin: Administrator;

  before(async () => {
    admin = await Administrator.connect();
  });

  after(() => {
    admin.close();
  });

  const topicWith = (name: string, value: string) => admin.topic({ configs: [{ name, value }] });

  it('is records of any past, and of at most an hour ahead', async () => {
    const topic = await admin.topic();
    expect(await admin.produce(topic, { timestamp: 0 })).to.include({ errorCode: 0 });
    expect(await admin.produce(topic, { timestamp: Date.now() + HOUR / 2 })).to.include({ errorCode: 0 });
    const ahead = await admin.produce(topic, { timestamp: Date.now() + 2 * HOUR });
    expect(ahead).to.include({ errorCode: ErrorCode.INVALID_TIMESTAMP, baseOffset: -1n });
  });

  it('is records within the bounds that the topic sets', async () => {
    const future = await topicWith('message.timestamp.after.max.ms', String(3 * HOUR));
    expect(await admin.produce(future, { timestamp: Date.now() + 2 * HOUR })).to.include({ errorCode: 0 });
    const past = await topicWith('message.timestamp.before.max.ms', String(HOUR));
    expect(await admin.produce(past, { timestamp: Date.now() })).to.include({ errorCode: 0 });
    for (const gzip of [false, true]) {
      const old = await admin.produce(past, { timestamp: Date.now() - 2 * HOUR, gzip });
      expect(old.errorCode).to.equal(ErrorCode.INVALID_TIMESTAMP);
    }
  });

  it('is records of the time at which they are appended, when the topic says so', async () => {
    const topic = await topicWith('message.timestamp.type', 'LogAppendTime');
    const before = Date.now();
    const { errorCode, logAppendTimeMs } = await admin.produce(topic, { timestamp: 5 });
    expect(errorCode).to.equal(0);
    expect(Number(logAppendTimeMs)).to.be.within(before, Date.now());
    const [batch] = (await admin.fetch(topic)).records;
    const header = readHeader(batch!);
    expect(header.attributes & LOG_APPEND_TIME).to.equal(LOG_APPEND_TIME);
    expect(header.maxTimestamp).to.equal(logAppendTimeMs);
  });

  it('is records of their own time otherwise', async () => {
    const topic = await admin.topic();
    expect(await admin.produce(topic, { timestamp: 5 })).to.include({ logAppendTimeMs: -1n });
    const [batch] = (await admin.fetch(topic)).records;
    expect(readHeader(batch!)).to.include({ maxTimestamp: 5n, attributes: 0 });
  });

  it('is records with keys only where the topic is compacted', async () => {
    const topic = await topicWith('cleanup.policy', 'delete,compact');
    for (const gzip of [false, true]) {
      const refused = await admin.produce(topic, { gzip });
      expect(refused).to.include({ errorCode: ErrorCode.INVALID_RECORD, baseOffset: -1n });
      expect(await admin.produce(topic, { key: 'k', gzip })).to.include({ errorCode: 0 });
      expect(await admin.produce(topic, { key: '', gzip })).to.include({ errorCode: 0 });
    }
  });

  it('is no batch whose bytes form no records, though its checksum is sound', async () => {
    const topic = await topicWith('cleanup.policy', 'compact');
    const plain = await admin.produce(topic, { records: batchOf(Buffer.from('ffff', 'hex')) });
    expect(plain.errorCode).not.to.equal(0);
    const packed = await admin.produce(topic, {
      records: batchOf(Buffer.from('nonsense'), { attributes: 1 }),
    });
    expect(packed.errorCode).not.to.equal(0);
    expect(await admin.produce(topic, { key: 'k' })).to.include({ errorCode: 0, baseOffset: 0n });
  });
});
