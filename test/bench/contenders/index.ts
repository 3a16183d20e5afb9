import type { Contender } from './contender.js';

/** Who is measured against whom. */
export const CONTENDERS = ['ours', 'baseline'] as const;
export type ContenderName = (typeof CONTENDERS)[number];

/** Loads one side only, so that neither pays for the other's modules, nor runs with its patches. */
export async function loadContender(name: ContenderName): Promise<Contender> {
  return name === 'ours' ? (await import('./ours.js')).ours : (await import('./raw_kafkajs.js')).rawKafkajs;
}
