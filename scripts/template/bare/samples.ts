/** What belongs to a sample domain; folders end with a slash. */
export interface Sample {
  paths: readonly string[];
  /** Keys and groups of the configuration that nothing else uses. */
  configKeys: readonly string[];
}

/** The sample domains, by their names. Each also has a topic, under the same name. */
export const SAMPLES: Readonly<Record<string, Sample>> = {
  users: {
    paths: [
      'internal/app/modules/users.ts',
      'internal/controller/http/v1/users.ts',
      'internal/entity/user.ts',
      'internal/entity/user_event.ts',
      'internal/repo/contracts/users.ts',
      'internal/repo/persistent/views/user_directory.ts',
      'internal/usecase/contracts/users.ts',
      'internal/usecase/users/',
      'test/service/users/',
    ],
    configKeys: ['KAFKA.TOPICS.USER_EVENTS'],
  },
  translations: {
    paths: [
      'internal/app/modules/translations.ts',
      'internal/controller/event/translations.ts',
      'internal/controller/http/v1/translations.ts',
      'internal/entity/translation.ts',
      'internal/entity/translation_event.ts',
      'internal/repo/contracts/translations.ts',
      'internal/repo/persistent/phrasebook/',
      'internal/repo/persistent/views/translation_history.ts',
      'internal/repo/webapi/libre_translate.ts',
      'internal/usecase/contracts/translations.ts',
      'internal/usecase/translations/',
      'test/service/translations/',
    ],
    configKeys: ['KAFKA.TOPICS.TRANSLATION_EVENTS', 'TRANSLATOR'],
  },
};

/** What shows all samples at work: goes unless every one of them is kept. */
export const SHOWN_TOGETHER: readonly string[] = [
  'examples/event_lines.ts',
  'examples/kafka_demo.ts',
  'test/cmd/app/samples.test.ts',
  'test/cmd/cli/topics.test.ts',
  'test/cmd/consumer/samples.test.ts',
  'test/cmd/samples/',
  'test/examples/kafka_demo.test.ts',
  'test/service/godev_kit/',
  'test/service/samples/',
];

/** Targets of the Makefile that go with it. */
export const SHOWN_TOGETHER_TARGETS: readonly string[] = ['demo'];

/** What is of use only as long as there are samples to remove. */
export const ONCE: readonly string[] = [
  'docs/adr/0008-generators-on-the-syntax-tree.md',
  'scripts/template/bare/',
  // It is about a table of the README, which becomes another one.
  'test/service/samples/readme.test.ts',
];

export const ONCE_TARGETS: readonly string[] = ['bare'];
