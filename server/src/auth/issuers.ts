/** Whose sign-in counts, as the settings say it. It imports no verifier, so that synthesis can validate the same. */
import { fail, flag, object, text, texts, type Json } from "../checks.ts";

/** A user pool of Amazon Cognito. Its id tokens and its access tokens both count. */
export interface CognitoIssuer {
  readonly type: "cognito";
  readonly userPoolId: string;
  /** The app clients whose users may come. */
  readonly clientId: string | readonly string[];
}

/** Any issuer of OpenID Connect. */
export interface OidcIssuer {
  readonly type: "oidc";
  /** Exactly as tokens have it in `iss`. */
  readonly issuer: string;
  /** What tokens must have in `aud`: one of these. */
  readonly audience: string | readonly string[];
  /** Where its keys are; without it, its discovery document says so. */
  readonly jwksUri?: string;
}

export type Issuer = CognitoIssuer | OidcIssuer;

/** Who may talk. Without these settings, anonymous visitors and nobody else. */
export interface AuthSettings {
  /** Whether visitors who have not signed in may talk too. */
  readonly anonymous: boolean;
  /** At least one. */
  readonly issuers: readonly Issuer[];
}

const USER_POOL_ID = /^[a-z]+(?:-[a-z]+)+-\d+_[A-Za-z0-9]+$/;
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Whether keys may be fetched from there: nobody on the way can change them. */
export function isTrustworthyUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, hash } = new URL(text);
  if (username !== "" || hash !== "") return false;
  return (
    protocol === "https:" ||
    (protocol === "http:" && LOOPBACK.includes(hostname))
  );
}

function url(name: string, value: unknown): string {
  const given = text(name, value);
  if (isTrustworthyUrl(given)) return given;
  return fail(name, value, "an https URL (http for this machine only)");
}

const oneOrMore = (name: string, value: unknown): string | string[] => {
  if (!Array.isArray(value)) return text(name, value);
  if (value.length === 0) fail(name, value, "at least one string");
  return texts(name, value);
};

function issuer(name: string, value: unknown): Issuer {
  const { type } = Object(value) as Json;
  if (type === "cognito") {
    const fields = object(name, value, ["type", "userPoolId", "clientId"]);
    const userPoolId = text(`${name}.userPoolId`, fields.userPoolId);
    if (!USER_POOL_ID.test(userPoolId))
      fail(
        `${name}.userPoolId`,
        userPoolId,
        'an id such as "us-east-1_AbCdEf123"',
      );
    const clientId = oneOrMore(`${name}.clientId`, fields.clientId);
    return { type, userPoolId, clientId };
  }
  if (type === "oidc") {
    const fields = object(name, value, [
      "type",
      "issuer",
      "audience",
      "jwksUri",
    ]);
    return {
      type,
      issuer: url(`${name}.issuer`, fields.issuer),
      audience: oneOrMore(`${name}.audience`, fields.audience),
      ...(fields.jwksUri === undefined
        ? {}
        : { jwksUri: url(`${name}.jwksUri`, fields.jwksUri) }),
    };
  }
  object(name, value, Object.keys(Object(value) as object));
  return fail(`${name}.type`, type, '"cognito" or "oidc"');
}

const nameOf = (each: Issuer): string =>
  each.type === "cognito" ? each.userPoolId : each.issuer;

/** Reads `auth` of the settings; nothing when it says no more than its absence does. */
export function parseAuth(json: unknown): AuthSettings | undefined {
  const fields = object("auth", json, ["anonymous", "issuers"]);
  const list = fields.issuers ?? [];
  if (!Array.isArray(list)) return fail("auth.issuers", list, "an array");
  const issuers = list.map((item, i) => issuer(`auth.issuers[${i}]`, item));
  issuers.forEach((each, i) => {
    if (issuers.findIndex((other) => nameOf(other) === nameOf(each)) !== i)
      fail(
        `auth.issuers[${i}]`,
        nameOf(each),
        "an issuer that none before it names",
      );
  });
  const anonymous = flag("auth.anonymous", fields.anonymous ?? false);
  if (issuers.length > 0) return { anonymous, issuers };
  if (anonymous) return undefined;
  return fail(
    "auth.issuers",
    issuers,
    "at least one issuer, because nobody can use the chat otherwise",
  );
}
