import { z } from 'zod';
import { NotAllowed, Unavailable } from '../../entity/errors.js';
import { type Translator } from '../contracts.js';

export interface LibreTranslateOptions {
  /** Where the service is, without `/translate`. */
  url: string;
  apiKey?: string | undefined;
  /** Milliseconds for one translation. */
  timeoutMs: number;
}

const answer = z.object({ translatedText: z.string() });

/**
 * Statuses that are about the text and its languages: no repetition changes them. All others are about the service or
 * how it is reached: a failure, a rate limit, but also a key or an address that is wrong. Those an operator mends, and
 * the requests wait for that.
 */
const FINAL = [400, 413, 422];

/** {@link Translator} by a service with LibreTranslate's HTTP API (`POST /translate`). */
export class LibreTranslate implements Translator {
  constructor(private readonly options: LibreTranslateOptions) {}

  async translate(
    text: string,
    { source, target }: { source: string; target: string },
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<string> {
    const response = await this.post({ q: text, source, target, format: 'text' }, signal);
    if (!response.ok) {
      await response.body?.cancel();
      if (!FINAL.includes(response.status)) throw unavailable(`it answered ${response.status}`);
      throw new NotAllowed(
        'TRANSLATION_REFUSED',
        `The translation service refused the request with ${response.status}.`,
      );
    }
    const body = answer.safeParse(await readJson(response));
    if (!body.success) throw unavailable('its answer is no translation', body.error);
    return body.data.translatedText;
  }

  private async post(body: Record<string, string>, signal: AbortSignal | undefined): Promise<Response> {
    const { url, apiKey, timeoutMs } = this.options;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return await fetch(`${url.replace(/\/$/, '')}/translate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...body, ...(apiKey === undefined ? {} : { api_key: apiKey }) }),
        redirect: 'error',
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
    } catch (cause) {
      throw unavailable('it cannot be reached', cause);
    }
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw unavailable('its answer cannot be read', cause);
  }
}

function unavailable(why: string, cause?: unknown): Unavailable {
  return new Unavailable('TRANSLATOR_UNAVAILABLE', `The translation service is not available: ${why}.`, {
    cause,
  });
}
