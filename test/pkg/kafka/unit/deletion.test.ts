import { expect } from 'chai';
import { deletes } from '../../../../pkg/kafka/admin/deletion.js';

describe('a change of a topic', () => {
  const change = (what: string, actual: string, wanted: string): boolean => deletes({ what, actual, wanted });

  for (const [what, actual, wanted] of [
    ['retention.ms', '-1', '1000'],
    ['retention.bytes', '2000', '1000'],
    ['delete.retention.ms', '86400000', '0'],
    ['min.compaction.lag.ms', '604800000', '0'],
    ['local.retention.ms', '-2', '1000'],
    ['local.retention.bytes', '1000', '-2'],
    ['remote.storage.enable', 'true', 'false'],
    ['cleanup.policy', 'delete', 'compact'],
    ['retention.ms', '1000', 'what the brokers have'],
  ] as const) {
    it(`may delete messages where ${what} goes from ${actual} to ${wanted}`, () => {
      expect(change(what, actual, wanted)).to.equal(true);
    });
  }

  for (const [what, actual, wanted] of [
    ['retention.ms', '1000', '-1'],
    ['delete.retention.ms', '0', '86400000'],
    ['min.compaction.lag.ms', '0', '1000'],
    ['local.retention.ms', '1000', '-1'],
    ['remote.storage.enable', 'false', 'true'],
    ['max.message.bytes', '2000', '1000'],
    ['cleanup.policy', 'delete', 'delete'],
  ] as const) {
    it(`deletes none where ${what} goes from ${actual} to ${wanted}`, () => {
      expect(change(what, actual, wanted)).to.equal(false);
    });
  }
});
