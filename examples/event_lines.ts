import colors from 'picocolors';

/** A message on its way in or out, as a demo prints it. */
export interface Line {
  direction: 'produced' | 'consumed';
  type: string;
  position: { topic: string; partition: number; offset: string };
  key: string;
  /** What it says, in a few words. */
  detail: string;
}

const TYPE_WIDTH = 22;
const PLACE_WIDTH = 24;
const KEY_WIDTH = 14;

/** One line of a demo: `produced|consumed type topic[partition]@offset key  detail`. */
export function formatLine({ direction, type, position, key, detail }: Line): string {
  const paint = direction === 'produced' ? colors.cyan : colors.green;
  const arrow = direction === 'produced' ? '→' : '←';
  const place = `${position.topic}[${position.partition}]@${position.offset}`;
  // A UUID would tear the columns apart; its end tells events apart as well.
  const shortKey = key.length > KEY_WIDTH ? `…${key.slice(1 - KEY_WIDTH)}` : key;
  return [
    paint(`${arrow} ${direction}`),
    colors.bold(type.padEnd(TYPE_WIDTH)),
    place.padEnd(PLACE_WIDTH),
    shortKey.padEnd(KEY_WIDTH),
    colors.dim(detail),
  ].join(' ');
}
