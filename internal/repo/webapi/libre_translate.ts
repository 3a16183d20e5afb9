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
const refusal = z.object({ error: z.string() });

/**
 * Statuses that are about the text and its languages: no repetition changes them. All others are about the service or
 * how it is reached: a failure, a rate limit, but also a key or an address that is wrong. Those an operator mends, and
 * the requests wait for that.
 */
const FINAL = [400, 413, 422];

/** It answers this to what is wrong in a request, and where a key is missing. */
const BAD_REQUEST = 400;

/** {@link Translator} by a service with LibreTranslate's HTTP API (`POST /translate`). */
export class LibreTranslate implements Translator {
  constructor(private readonly options: LibreTranslateOptions) {}

  async translate(
    text: string,
    { source, target }: { source: string; target: string },
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<string> {
    const response = await this.post({ q: text, source, target, format: 'text' }, signal);
    if (!response.ok) throw await failureOf(response);
    const body = answer.safeParse(parseJson(await readText(response)));
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

/** What an answer that is no success means for the request. */
async function failureOf(response: Response): Promise<Error> {
  const { status } = response;
  if (status === BAD_REQUEST) {
    const { data } = refusal.safeParse(parseJson(await readText(response)));
    if (/api key/i.test(data?.error ?? '')) return unavailable('it asks for an API key');
  } else await response.body?.cancel();
  if (!FINAL.includes(status)) return unavailable(`it answered ${status}`);
  return new NotAllowed('TRANSLATION_REFUSED', `The translation service refused the request with ${status}.`);
}

async function readText(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    throw unavailable('its answer cannot be read', cause);
  }
}

/** Undefined for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unavailable(why: string, cause?: unknown): Unavailable {
  return new Unavailable('TRANSLATOR_UNAVAILABLE', `The translation service is not available: ${why}.`, {
    cause,
  });
}
