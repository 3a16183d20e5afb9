import { expect } from 'chai';
import { parseDocument } from 'yaml';
import { projectRoot } from '../../config/project_root.js';
import { makeBare } from '../../scripts/template/bare/bare.js';
import { addTopicKey } from '../../scripts/template/config_keys.js';
import { removeConfigKey } from '../../scripts/template/forget_config_key.js';
import { add } from '../../scripts/template/new/add.js';
import { Plan } from '../../scripts/template/plan.js';

const FILE = 'config/config.yaml';
const RENAME = '# These only rename: ';
const SWITCHES = '# State of the two switches ';

/** The lines that only one of two texts has. */
function difference(before: string, after: string): { gone: string[]; come: string[] } {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return {
    gone: old.filter((line) => !now.includes(line)),
    come: now.filter((line) => !old.includes(line)),
  };
}

describe('config.yaml under bare, drop and new', function () {
  this.timeout(60_000);
  let plan: Plan;

  beforeEach(async () => {
    plan = await Plan.of(projectRoot());
  });

  it('is printed as it was written, so that edits touch nothing but their keys', () => {
    const text = plan.read(FILE);
    expect(parseDocument(text).toString({ lineWidth: 0 })).to.equal(text);
  });

  it('gets one line more for a first event', () => {
    const before = plan.read(FILE);
    add(plan, { DOMAIN: 'orders', EVENT: 'order.placed' });
    expect(difference(before, plan.read(FILE))).to.deep.equal({
      gone: [],
      come: ['    ORDER_EVENTS: order-events'],
    });
  });

  it('loses what is said of topics with the last of them, and gets it once with the next', () => {
    makeBare(plan, { name: 'my-service', kept: [] });
    const bare = plan.read(FILE);
    expect(bare).not.to.include(RENAME);
    expect(bare).to.include(`\n  ${SWITCHES}`);
    add(plan, { DOMAIN: 'orders', EVENT: 'order.placed' });
    const text = plan.read(FILE);
    expect(text.split(RENAME)).to.have.length(2);
    expect(text.split(`\n  ${SWITCHES}`)).to.have.length(2);
    expect(difference(bare, text).gone).to.deep.equal([]);
  });

  it('is as before where a topic came and went', () => {
    const before = plan.read(FILE);
    addTopicKey(plan, { key: 'ORDER_EVENTS', topic: 'order-events', what: 'Topic of the order events.' });
    removeConfigKey(plan, 'KAFKA.TOPICS.ORDER_EVENTS');
    expect(plan.read(FILE)).to.equal(before);
  });
});
