import { createHash } from "node:crypto";
import {
  CognitoJwtVerifier,
  validateCognitoJwtFields,
} from "aws-jwt-verify/cognito-verifier";
import { JwtParseError } from "aws-jwt-verify/error";
import type { JwkWithKid } from "aws-jwt-verify/jwk";
import { decomposeUnverifiedJwt, type DecomposedJwt } from "aws-jwt-verify/jwt";
import type { JwtPayload } from "aws-jwt-verify/jwt-model";
import { verifyJwt } from "aws-jwt-verify/jwt-verifier";
import { ChatError, Refusal } from "../chat/errors.ts";
import type { AuthTokens } from "../chat/ports.ts";
import { userVisitorId } from "../chat/identity.ts";
import { issuerKeys, type IssuerKeys } from "./issuer-keys.ts";
import type { CognitoIssuer, Issuer, OidcIssuer } from "./issuers.ts";

/** Clocks of issuers may be off by so much; a token counts for so much longer. */
const GRACE_SECONDS = 5;
/** What is logged of a reason: claims in it are whatever the client likes. */
const LONGEST_REASON = 200;

export interface AuthTokensOptions {
  readonly fetch?: typeof fetch;
  /** For the age of cached keys; tokens are held against the system's clock. */
  readonly now?: () => number;
}

/** One way in which `iss` may read. */
interface Source {
  readonly keys: IssuerKeys;
  /** What users of this issuer are told apart by: one text, however their tokens name the issuer. */
  readonly issuer: string;
  readonly audience: string | readonly string[] | null;
  /** Throws when the claims are not those that the issuer's tokens must have. */
  readonly check?: (payload: JwtPayload) => void;
}

/** Verifies JSON Web Tokens of the given issuers: signed with an asymmetric key of theirs, for this audience, and in time. */
export function createAuthTokens(
  issuers: readonly Issuer[],
  options: AuthTokensOptions = {},
): AuthTokens {
  const sources = new Map(
    issuers.flatMap((each) =>
      each.type === "cognito" ? cognito(each, options) : [oidc(each, options)],
    ),
  );
  return {
    async verify(token) {
      try {
        return await verify(token, sources);
      } catch (error) {
        if (error instanceof ChatError) throw error;
        throw new Refusal("unauthorized", BAD_TOKEN, { cause: reason(error) });
      }
    },
  };
}

const BAD_TOKEN = "Your sign-in could not be verified. Please sign in again.";

function oidc(
  { issuer, audience, jwksUri }: OidcIssuer,
  options: AuthTokensOptions,
): [string, Source] {
  const keys = issuerKeys({ issuer, jwksUri, ...options });
  return [issuer, { keys, issuer, audience }];
}

/** A pool's tokens name their issuer in one of two ways, by the endpoint that gave them. */
function cognito(
  { userPoolId, clientId }: CognitoIssuer,
  options: AuthTokensOptions,
): [string, Source][] {
  const { issuer } = CognitoJwtVerifier.parseUserPoolId(userPoolId);
  return ["cognito-idp", "issuer-cognito-idp"].map((host) => {
    const { issuer: iss, jwksUri } = CognitoJwtVerifier.parseUserPoolId(
      userPoolId,
      host,
    );
    return [
      iss,
      {
        keys: issuerKeys({ issuer: iss, jwksUri, ...options }),
        issuer,
        // Access tokens have none: their client stands in another claim.
        audience: null,
        check: (payload) =>
          validateCognitoJwtFields(payload, {
            tokenUse: null,
            clientId: [clientId].flat(),
          }),
      },
    ];
  });
}

async function verify(
  token: string,
  sources: ReadonlyMap<string, Source>,
): ReturnType<AuthTokens["verify"]> {
  const { iss } = decomposeUnverifiedJwt(token).payload;
  const source = iss === undefined ? undefined : sources.get(iss);
  if (!source)
    throw new Error(`Its issuer, ${iss}, is not one of the settings.`);
  const { sub, exp } = await verifyJwt(
    token,
    "",
    {
      issuer: iss!,
      audience: source.audience && [source.audience].flat(),
      graceSeconds: GRACE_SECONDS,
      customJwtCheck: ({ payload }) => source.check?.(payload),
    },
    (_uri, jwt) => keyOf(jwt, source.keys),
  );
  // The verifier takes a token without an end for one that has not come to it.
  if (!sub || exp === undefined)
    throw new Error("The token has no sub or no exp.");
  const user = createHash("sha256")
    .update(JSON.stringify([source.issuer, sub]))
    .digest("base64url");
  return {
    visitorId: userVisitorId(user),
    until: (exp + GRACE_SECONDS) * 1_000,
  };
}

async function keyOf(
  { header: { kid } }: DecomposedJwt,
  keys: IssuerKeys,
): Promise<JwkWithKid> {
  if (kid === undefined) throw new Error("The token names no key.");
  const jwk = await keys.find(kid);
  if (!jwk) throw new Error(`The issuer has no key ${kid}.`);
  return jwk;
}

/** Why a token was refused, for the log: nothing of a text that is no token, and no long claims. */
const reason = (error: unknown): string =>
  error instanceof JwtParseError
    ? "It is no JSON Web Token."
    : (error as Error).message.slice(0, LONGEST_REASON);
