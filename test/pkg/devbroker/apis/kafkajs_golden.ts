import { createRequire } from 'node:module';
import { expect } from 'chai';
import { apis } from '../../../../pkg/devbroker/apis/index.js';
import { encodingOf } from '../../../../pkg/devbroker/wire/api.js';
import { Reader } from '../../../../pkg/devbroker/wire/reader.js';
import { Writer } from '../../../../pkg/devbroker/wire/writer.js';

/** kafkajs's own messages; the package has no exports map, so its inner files can be reached. */
interface KafkajsMessages {
  versions: string[];
  protocol(options: { version: number }): (args: unknown) => {
    request: { apiKey: number; apiVersion: number; encode(): Promise<{ buffer: Buffer }> };
    response: { decode(body: Buffer): Promise<object>; parse(decoded: object): Promise<object> };
  };
}

const requireFromHere = createRequire(import.meta.url);
const { requests } = requireFromHere('kafkajs/src/protocol/requests') as {
  requests: Record<string, KafkajsMessages>;
};

/** One API as kafkajs knows it and as this broker does. Versions matter where a function takes one. */
export interface Golden {
  /** kafkajs's name for the API. */
  name: string;
  key: number;
  /** What kafkajs is given to make a request of, and what this broker must read from its bytes. */
  requests: { args: unknown; read: (version: number) => unknown }[];
  /** What this broker answers, what kafkajs decodes from it, and the error it makes of it, if any. */
  responses: {
    answer: unknown;
    /** Compared with the fields of the same name, the others are not looked at. */
    decoded: (version: number) => Record<string, unknown>;
    error?: string;
  }[];
}

/** Tests of an API: one for each version that both sides know and each direction. */
export function itAgreesWithKafkajs({ name, key, requests: asked, responses }: Golden): void {
  const api = apis.get(key);
  const messages = requests[name];
  if (!api || !messages) throw new Error(`${name} is not served or not known to kafkajs`);
  const [lowest, highest] = api.versions;
  const common = messages.versions.map(Number).filter((version) => version >= lowest && version <= highest);

  for (const version of common) {
    const encoding = encodingOf(api, version);
    it(`${api.name} ${version}: reads what kafkajs asks`, async () => {
      for (const { args, read } of asked) {
        const { request } = messages.protocol({ version })(args);
        expect([request.apiKey, request.apiVersion]).to.deep.equal([key, version]);
        const reader = new Reader((await request.encode()).buffer);
        expect(api.request.read(reader, encoding)).to.deep.equal(read(version));
        expect(reader.remaining, 'bytes left').to.equal(0);
      }
    });

    it(`${api.name} ${version}: answers what kafkajs understands`, async () => {
      for (const { answer, decoded, error } of responses) {
        const writer = new Writer();
        api.response.write(writer, answer, encoding);
        const body = Buffer.concat(writer.takeFrame().slice(1));
        const { response } = messages.protocol({ version })(asked[0]?.args);
        const understood = await response.decode(body);
        expect(understood).to.deep.include(decoded(version));
        const outcome = await response.parse(understood).then(
          () => undefined,
          (failure: unknown) => failure,
        );
        expect(errorTypeOf(outcome), String(outcome)).to.equal(error);
      }
    });
  }
}

/** The protocol's name of the error, wherever kafkajs hid it. */
function errorTypeOf(failure: unknown): string | undefined {
  const { type, errors, cause } = (failure ?? {}) as { type?: string; errors?: unknown[]; cause?: unknown };
  return type ?? (errors ? errorTypeOf(errors[0]) : cause ? errorTypeOf(cause) : undefined);
}
