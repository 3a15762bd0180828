/**
 * Follows the frame headers of a raw WebSocket byte stream and calls back once a data frame announces more than the
 * limit. `ws` limits whole messages only, and API Gateway limits each frame.
 */
export class FrameMeter {
  readonly #limit: number;
  readonly #onTooLarge: () => void;
  readonly #header = Buffer.alloc(14);
  #headerBytes = 0;
  #payloadLeft = 0;

  constructor(limit: number, onTooLarge: () => void) {
    this.#limit = limit;
    this.#onTooLarge = onTooLarge;
  }

  read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#payloadLeft > 0) {
        const skipped = Math.min(this.#payloadLeft, chunk.length - at);
        this.#payloadLeft -= skipped;
        at += skipped;
        continue;
      }
      this.#header[this.#headerBytes++] = chunk[at++]!;
      const payload = this.#payloadLength();
      if (payload === undefined) continue;
      this.#headerBytes = 0;
      this.#payloadLeft = payload;
      if (payload > this.#limit) this.#onTooLarge();
    }
  }

  /** Undefined until the header is complete. */
  #payloadLength(): number | undefined {
    if (this.#headerBytes < 2) return undefined;
    const second = this.#header[1]!;
    const short = second & 0x7f;
    const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
    const maskBytes = second & 0x80 ? 4 : 0;
    if (this.#headerBytes < 2 + lengthBytes + maskBytes) return undefined;
    if (lengthBytes === 8) return Number(this.#header.readBigUInt64BE(2));
    return lengthBytes === 2 ? this.#header.readUInt16BE(2) : short;
  }
}
