/** An element of a {@link LinkedList}; of one list at a time. */
export interface Linked<T extends Linked<T>> {
  previous: T | undefined;
  next: T | undefined;
  /** The list that it is in. */
  list: LinkedList<T> | undefined;
}

/** A list that elements enter and leave without any garbage. Iteration allows removing the current one. */
export class LinkedList<T extends Linked<T>> {
  #first: T | undefined;
  #last: T | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): T | undefined {
    return this.#first;
  }

  add(element: T): void {
    element.previous = this.#last;
    element.next = undefined;
    if (this.#last === undefined) this.#first = element;
    else this.#last.next = element;
    this.#last = element;
    element.list = this;
    this.#size += 1;
  }

  /** Puts elements before all others, in their order. */
  addFirst(elements: readonly T[]): void {
    for (const element of elements.toReversed()) {
      element.previous = undefined;
      element.next = this.#first;
      if (this.#first === undefined) this.#last = element;
      else this.#first.previous = element;
      this.#first = element;
      element.list = this;
      this.#size += 1;
    }
  }

  /** The element must be in the list. */
  remove(element: T): void {
    const { previous, next } = element;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    element.list = undefined;
    this.#size -= 1;
  }

  *[Symbol.iterator](): Generator<T> {
    let element = this.#first;
    while (element !== undefined) {
      const { next } = element;
      yield element;
      element = next;
    }
  }
}
