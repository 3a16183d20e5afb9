import { expect } from 'chai';
import { projectRoot } from '../../config/project_root.js';
import { add } from '../../scripts/template/new/add.js';
import { Plan } from '../../scripts/template/plan.js';

describe('make new on a sample', function () {
  this.timeout(60_000);

  it('adds a use case that reacts to the table where the sample has its own', async () => {
    const plan = await Plan.of(projectRoot());
    add(plan, { DOMAIN: 'translations', USECASE: 'note_answer', ON: 'translation.completed' });
    const table = plan.source('internal/controller/event/translations.ts').getText();
    expect(table).to.match(/'translation.requested': \[.*answerTranslation.execute/);
    expect(table).to.match(/'translation.completed': \[.*noteAnswer.execute/);
    expect(plan.source('internal/app/modules/translations.ts').getText()).to.match(
      /translationReactions\(\{\s*answerTranslation: .*,\s*noteAnswer: context\.get\(NoteAnswer\)/,
    );
  });
});
