/** A message as the rows send it. */
export interface BenchMessage {
  readonly key: string;
  readonly value: Buffer;
}

export interface Sender {
  send(topic: string, message: BenchMessage): Promise<unknown>;
  /** Hands over many at once. @throws when one of them is not stored */
  sendMany(topic: string, messages: readonly BenchMessage[]): Promise<unknown>;
  close(): Promise<void>;
}

/** What a group does with its topic, from the beginning on. */
export interface Consuming {
  readonly topic: string;
  readonly groupId: string;
  /** What handling a message takes, in ms; 0 for nothing at all. */
  readonly handleMs: number;
  /** Told how many more messages were handled. */
  readonly onHandled: (count: number) => void;
}

/** One side of a comparison. */
export interface Contender {
  openSender(brokers: readonly string[]): Promise<Sender>;
  /** Resolves when the group is joined. @returns how to leave it */
  consume(brokers: readonly string[], consuming: Consuming): Promise<() => Promise<void>>;
}
