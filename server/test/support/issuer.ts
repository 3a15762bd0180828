import {
  createHmac,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from "node:crypto";
import {
  startHttpServer,
  type Answer,
  type HttpServer,
} from "./http-server.ts";

export type Claims = Readonly<Record<string, unknown>>;

export interface TokenOptions {
  /** The key that signs, by its name. */
  readonly kid?: string;
  /** Fields of the header beside or in place of the usual ones. */
  readonly header?: Readonly<Record<string, unknown>>;
}

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const ALGORITHMS: Readonly<Record<string, () => KeyPair>> = {
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2_048 }),
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
};

const part = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString("base64url");

/** Seconds since 1970, as tokens count them, so many seconds from now. */
export const seconds = (fromNow = 0): number =>
  Math.floor(Date.now() / 1_000) + fromNow;

/** An issuer of OpenID Connect on this machine, whose keys a test adds and takes away. */
export class TestIssuer {
  readonly #server: HttpServer;
  readonly #pairs = new Map<string, KeyPair & { readonly alg: string }>();
  readonly #published = new Set<string>();
  /** Answers instead of the keys, when it is there. */
  failure: Answer | "reset" | undefined;

  private constructor(server: HttpServer) {
    this.#server = server;
  }

  static async start(): Promise<TestIssuer> {
    let issuer: TestIssuer | undefined = undefined;
    const server = await startHttpServer(({ path }) => issuer!.#answer(path));
    issuer = new TestIssuer(server);
    issuer.addKey("key-1");
    return issuer;
  }

  get url(): string {
    return this.#server.url;
  }

  /** Paths that were asked for. */
  get asked(): string[] {
    return this.#server.received.map(({ path }) => path);
  }

  get close(): () => Promise<void> {
    return this.#server.close;
  }

  addKey(kid: string, alg = "RS256"): void {
    this.#pairs.set(kid, { alg, ...ALGORITHMS[alg]!() });
    this.#published.add(kid);
  }

  /** Signs on with the key, but does not publish it any more. */
  withdrawKey(kid: string): void {
    this.#published.delete(kid);
  }

  /** The public key as text, as anybody can have it. */
  publicPem(kid = "key-1"): string {
    const { publicKey } = this.#pairs.get(kid)!;
    return publicKey.export({ type: "spki", format: "pem" }) as string;
  }

  /** A good token of `sub` for the audience `chat`, but for what the test says. */
  token(
    sub: string,
    claims: Claims = {},
    { kid = "key-1", header = {} }: TokenOptions = {},
  ): string {
    const { alg, privateKey } = this.#pairs.get(kid)!;
    const signed = this.unsigned(sub, claims, { alg, kid, ...header });
    const signature = sign("sha256", Buffer.from(signed), {
      key: privateKey,
      dsaEncoding: "ieee-p1363",
    });
    return `${signed}.${signature.toString("base64url")}`;
  }

  /** A token that is signed with a shared secret. */
  hmacToken(sub: string, secret: string): string {
    const signed = this.unsigned(sub, {}, { alg: "HS256", kid: "key-1" });
    const mac = createHmac("sha256", secret).update(signed);
    return `${signed}.${mac.digest("base64url")}`;
  }

  /** Header and claims of a token, without a signature. */
  unsigned(
    sub: string,
    claims: Claims,
    header: Readonly<Record<string, unknown>>,
  ): string {
    const usual = { iss: this.url, aud: "chat", sub, exp: seconds(300) };
    return `${part({ typ: "JWT", ...header })}.${part({ ...usual, ...claims })}`;
  }

  #answer(path: string): Answer | "reset" {
    if (this.failure) return this.failure;
    const json = (body: unknown) => ({
      status: 200,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (path.endsWith("/.well-known/openid-configuration"))
      return json({ issuer: this.url, jwks_uri: `${this.url}/keys` });
    return json({
      keys: [...this.#published].map((kid) => {
        const { alg, publicKey } = this.#pairs.get(kid)!;
        return { ...publicKey.export({ format: "jwk" }), kid, alg, use: "sig" };
      }),
    });
  }
}
