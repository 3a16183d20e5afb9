import { type Translator } from '../../contracts.js';

/** Phrases by language; the same position means the same thing. */
const PHRASES: Readonly<Record<string, readonly string[]>> = {
  en: ['hello', 'world', 'good morning', 'good night', 'thank you', 'please', 'yes', 'no', 'friend', 'event'],
  de: ['hallo', 'Welt', 'guten Morgen', 'gute Nacht', 'danke', 'bitte', 'ja', 'nein', 'Freund', 'Ereignis'],
  es: [
    'hola',
    'mundo',
    'buenos días',
    'buenas noches',
    'gracias',
    'por favor',
    'sí',
    'no',
    'amigo',
    'evento',
  ],
  fr: [
    'bonjour',
    'monde',
    'bon matin',
    'bonne nuit',
    'merci',
    "s'il vous plaît",
    'oui',
    'non',
    'ami',
    'événement',
  ],
  vi: [
    'xin chào',
    'thế giới',
    'chào buổi sáng',
    'chúc ngủ ngon',
    'cảm ơn',
    'làm ơn',
    'có',
    'không',
    'bạn',
    'sự kiện',
  ],
};

/**
 * A phrasebook that comes with the service, so that a translation needs no other one: it knows a few phrases
 * in five languages and leaves the rest as it is, as translation services do with words they do not know.
 */
export class Phrasebook implements Translator {
  async translate(text: string, { source, target }: { source: string; target: string }): Promise<string> {
    const from = PHRASES[source] ?? [];
    const to = PHRASES[target] ?? [];
    // Longer phrases first, or "good morning" would never be found behind "good".
    const known = from
      .map((phrase, index) => ({ phrase, translation: to[index] ?? phrase }))
      .sort((a, b) => b.phrase.length - a.phrase.length);
    if (known.length === 0) return text;
    const pattern = new RegExp(
      `(?<!\\p{L})(${known.map(({ phrase }) => phrase).join('|')})(?!\\p{L})`,
      'giu',
    );
    return text.replace(pattern, (found) => {
      const translation = known.find(
        ({ phrase }) => phrase.toLowerCase() === found.toLowerCase(),
      )?.translation;
      return translation === undefined ? found : matchCase(translation, found);
    });
  }
}

/** A phrase that began with a capital keeps one. */
function matchCase(translation: string, original: string): string {
  const [first = ''] = original;
  const capital = first !== first.toLowerCase();
  return capital ? translation.charAt(0).toUpperCase() + translation.slice(1) : translation;
}
