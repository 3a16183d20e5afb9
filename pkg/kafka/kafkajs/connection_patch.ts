import { connectionPrototype } from './internals.js';

/** Bytes of the size that stands before each answer. */
const SIZE_BYTES = 4;
let applied = false;

/**
 * Changes how kafkajs 2.2.4 connects again: a connection that was cut in the midst of an answer keeps the
 * bytes of it, and takes them for the beginning of the first answer on the next socket. What follows is
 * read as garbage, up to an exception that ends the process.
 */
export function applyConnectionPatch(): void {
  if (applied) return;
  applied = true;
  const prototype = connectionPrototype();
  const { connect } = prototype;
  prototype.connect = function () {
    if (!this.isConnected()) {
      this.chunks = [];
      this.bytesBuffered = 0;
      this.bytesNeeded = SIZE_BYTES;
    }
    return connect.call(this);
  };
}
