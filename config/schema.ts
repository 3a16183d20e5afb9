import { z } from 'zod';
import { group } from '../pkg/config/index.js';
import { brokerList, kafkaSasl, kafkaSsl } from '../pkg/kafka_settings/index.js';
import { EMBEDDED } from './embedded.js';

const topicName = (name: string, description: string) =>
  z
    .string()
    .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/)
    .default(name)
    .meta({ description, expected: 'a topic name: 1 to 249 letters, digits, dots, underscores, hyphens' });

const urlPath = z.string().regex(/^\/[^\s?#]*$/);

const milliseconds = (value: number, description: string) =>
  z.int().min(1).max(600_000).default(value).describe(description);

const brokers = brokerList([EMBEDDED]);

/**
 * Every configuration key of the service: its type, default, bounds and meaning. Types, environment names
 * (the path joined by underscores) and error texts follow from this one schema.
 *
 * Beside the description a key may carry marks:
 * - `expected`: what a value must be, for error texts, where the type's own bounds do not say it;
 * - `secret: true`: the value comes from the environment or from the file that `<NAME>_FILE` points to, is
 *   refused in YAML and on the command line, and is never printed;
 * - `production: <value>`: the default where APP.ENV is `production`.
 */
export const configSchema = group({
  APP: group({
    NAME: z.string().min(1).max(100).default('tsdev-kit').describe('Name in logs and in the event source.'),
    VERSION: z.string().min(1).max(100).default('0.0.0').describe('Version of the build; from package.json.'),
    ENV: z
      .enum(['development', 'test', 'production'])
      .default('development')
      .describe('Picks config.<ENV>.yaml. In production unsafe settings are refused.'),
    DATA_DIR: z
      .string()
      .min(1)
      .max(1000)
      .default('.data')
      .describe('Folder of what the embedded parts keep; relative to the project.'),
  }),
  HTTP: group({
    HOST: z
      .string()
      .min(1)
      .max(253)
      .default('127.0.0.1')
      .meta({ description: 'Address to listen on.', production: '0.0.0.0' }),
    PORT: z.int().min(0).max(65535).default(8080).describe('Port to listen on; 0 takes a free one.'),
    HEALTH_PORT: z
      .int()
      .min(0)
      .max(65535)
      .default(8081)
      .describe('Port of the probes and metrics of programs without an API; 0 takes a free one.'),
    READ_TIMEOUT: milliseconds(10_000, 'Milliseconds for a request to arrive, headers and body.'),
    WRITE_TIMEOUT: milliseconds(
      60_000,
      'Milliseconds without a byte in either direction after which an open request is given up.',
    ),
    IDLE_TIMEOUT: milliseconds(
      65_000,
      'Milliseconds that a connection stays open for its next request; more than those of a proxy in front.',
    ),
    PUBLISH_TIMEOUT: milliseconds(
      5_000,
      'Milliseconds that the brokers get to acknowledge the event of a request; then it answers 503.',
    ),
    KAFKA_TIMEOUT: milliseconds(
      10_000,
      'Milliseconds that the brokers get for what a control request asks of them; then it answers 503.',
    ),
    DRAIN_DELAY: z.int().min(0).max(600_000).default(0).meta({
      description: 'Milliseconds between not being ready any more and taking no more connections.',
      production: 3_000,
    }),
    SHUTDOWN_TIMEOUT: milliseconds(
      8_000,
      'Milliseconds for a stop, DRAIN_DELAY included, in which requests and handlers in flight finish.',
    ),
    CONTROL_TOKEN: z
      .string()
      .regex(/^[!-~]{32,4096}$/)
      .optional()
      .meta({
        description: 'Bearer token of the control routes; required in production.',
        expected: 'a text of 32 to 4096 visible ASCII characters, without blanks',
        secret: true,
      }),
  }),
  LOG: group({
    LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('Least level that is logged.'),
    FORMAT: z
      .enum(['auto', 'json', 'pretty'])
      .default('auto')
      .meta({ description: 'auto is pretty on a terminal, else JSON lines.', production: 'json' }),
  }),
  KAFKA: group({
    BROKERS: brokers
      .default([EMBEDDED])
      .readonly()
      .meta({
        description: `Bootstrap addresses, or "${EMBEDDED}" alone for the embedded broker.`,
        expected: `host:port of each broker, or ${EMBEDDED} alone`,
      }),
    GROUP_ID: z
      .string()
      .min(1)
      .max(200)
      .default('godev-kit-group')
      .describe('Stem of the consumer groups; programs that share it share the work.'),
    CLIENT_ID: z
      .string()
      .min(1)
      .max(200)
      .default('tsdev-kit')
      .describe('Name the brokers see in their logs and quotas; the same on every instance.'),
    SESSION_TIMEOUT: z
      .int()
      .min(1_000)
      .max(1_800_000)
      .default(30_000)
      .describe(
        'Milliseconds after which the group gives the partitions of a silent instance to others. Apache Kafka ' +
          'refuses fewer than 6000 unless its group.min.session.timeout.ms allows them.',
      ),
    PROVISION: z
      .boolean()
      .default(true)
      .meta({ description: 'Create missing topics at start, else fail and name them.', production: false }),
    REPLICATION_FACTOR: z
      .number()
      .int()
      .min(-1)
      .max(32_767)
      .default(-1)
      .meta({ description: "Nodes that keep each message; -1 for the brokers' default.", production: 3 }),
    SSL: kafkaSsl,
    SASL: kafkaSasl,
    TOPICS: group({
      USER_EVENTS: topicName('user-events', 'Topic of the user events.'),
      TRANSLATION_EVENTS: topicName('translation-events', 'Topic of the translation events.'),
    }),
    CONTROL: group({
      PRODUCER_ENABLED: z.boolean().default(true).describe('Whether producing is switched on at start.'),
      CONSUMER_ENABLED: z.boolean().default(true).describe('Whether consuming is switched on at start.'),
    }),
  }),
  TRANSLATOR: group({
    URL: z
      .string()
      .regex(/^https?:\/\/\S+$/)
      // It would be shown where URLs are, and no request can be made to it.
      .refine(
        (url) => !/^https?:[\\/]*[^\\/?#]*@/.test(url),
        'has a user or a password; a key goes into TRANSLATOR.API_KEY',
      )
      .max(2048)
      .optional()
      .meta({
        description: 'Translation service with the HTTP API of LibreTranslate; the phrasebook where unset.',
        expected: 'a URL that starts with http:// or https://, without user and password',
      }),
    API_KEY: z
      .string()
      .min(4)
      .max(4096)
      .optional()
      .meta({ description: 'Key that the translation service asks for.', secret: true }),
    TIMEOUT: milliseconds(10_000, 'Milliseconds for one translation.'),
  }),
  METRICS: group({
    ENABLED: z.boolean().default(true).describe('Whether metrics are served, and requests measured.'),
    PATH: urlPath
      .default('/metrics')
      .meta({ description: 'Path that serves the metrics.', expected: 'a path that starts with "/"' }),
    SKIP_PATHS: z.array(urlPath).default(['/livez', '/readyz', '/startupz', '/metrics']).readonly().meta({
      description: 'Request paths that are not measured, and logged at debug.',
      expected: 'a list of paths that start with "/"',
    }),
  }),
  SWAGGER: group({
    ENABLED: z.boolean().default(true).describe('Whether the API documentation is served at /docs.'),
  }),
});

/** The validated configuration, frozen to its leaves. */
export type Config = z.infer<typeof configSchema>;
