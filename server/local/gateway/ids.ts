import { createHash, randomBytes } from "node:crypto";

const RANDOM_BYTES = 8;
const CHECK_BYTES = 5;

/**
 * Makes and recognises connection ids: twenty characters that end in `==`, as API Gateway has minted them since 2026.
 * The last bytes are a check sum, because API Gateway tells an id that it never minted (400) from one whose connection
 * is gone (410), also for connections from before a restart.
 */
export class ConnectionIds {
  readonly #apiId: string;

  constructor(apiId: string) {
    this.#apiId = apiId;
  }

  mint(): string {
    const random = randomBytes(RANDOM_BYTES);
    return encode(Buffer.concat([random, this.#check(random)]));
  }

  isMinted(id: string): boolean {
    const bytes = Buffer.from(id, "base64url");
    const random = bytes.subarray(0, RANDOM_BYTES);
    // Encoding again catches the spare bits of the last character and characters that decoding skips.
    return (
      bytes.length === RANDOM_BYTES + CHECK_BYTES &&
      encode(bytes) === id &&
      bytes.subarray(RANDOM_BYTES).equals(this.#check(random))
    );
  }

  #check(random: Buffer): Buffer {
    const hash = createHash("sha256").update(this.#apiId).update(random);
    return hash.digest().subarray(0, CHECK_BYTES);
  }
}

/** Looks like a connection id and shares its ending, as in captured events. */
export function messageId(connectionId: string): string {
  const bytes = Buffer.from(connectionId, "base64url");
  return encode(
    Buffer.concat([
      bytes.subarray(0, 3),
      randomBytes(4),
      bytes.subarray(3 + 4),
    ]),
  );
}

/** Sixteen characters ending in `=`; also the `x-amz-apigw-id` of a response. */
export function gatewayRequestId(): string {
  return encode(randomBytes(11));
}

function encode(bytes: Buffer): string {
  const text = bytes.toString("base64url");
  return text.padEnd(Math.ceil(text.length / 4) * 4, "=");
}
