/** What the program needs is not running, and starting it is somebody else's part; the message says whose. */
export class NotAvailable extends Error {
  override readonly name: string = 'NotAvailable';
}
