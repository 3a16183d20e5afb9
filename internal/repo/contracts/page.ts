/** The part of a list that is asked for, in the order of ids. */
export interface PageRequest {
  limit: number;
  /** The id after which it begins; undefined for the first part. */
  after?: string | undefined;
}

export interface Page<T> {
  items: T[];
  /** What to ask for next, as {@link PageRequest.after}; undefined at the end. */
  next?: string | undefined;
}
