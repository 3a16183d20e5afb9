import type { Contender } from '../contenders/contender.js';

/** The topic that a row works on; it is made, and filled where messages are wanted, before it is measured. */
export interface RowTopic {
  readonly partitions: number;
  readonly messages: number;
}

/** Where a measurement takes place. */
export interface Scene {
  readonly brokers: readonly string[];
  readonly topic: string;
  /** New for every measurement. */
  readonly groupId: string;
}

/** One line of the table. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  /** Whether larger values are better. */
  readonly better: 'higher' | 'lower';
  /** What raw kafkajs does for it. */
  readonly baselineName: string;
  readonly topic: RowTopic;
  /** How often each side is measured; the median counts. */
  readonly rounds: number;
  /** Measures one side, in a process that does nothing else. */
  measure(contender: Contender, scene: Scene): Promise<number>;
}

/** 200 bytes under one of 1,000 keys: the message of all rows. */
export function message(i: number) {
  return { key: `key-${i % 1_000}`, value: VALUE };
}

const VALUE = Buffer.alloc(200, 'x');
