const allowed = /^(?:https?|mailto|tel)$/i;

/** What browsers drop from an address before they look for its scheme, and what hides in one unseen. */
const invisible =
  /[\u0000-\u0020\u007f-\u00a0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g;

/**
 * The address a link may lead to, or undefined when its scheme is not `https`, `http`, `mailto` or `tel`.
 * Anything with a colon before its path counts as having a scheme, however oddly spelt, so that only
 * plain relative addresses pass without one.
 */
export function safeHref(destination: string): string | undefined {
  const address = destination.replace(invisible, "");
  const scheme = /^([^/?#\\:]*?)(?::|%3a)/i.exec(address)?.[1];
  return scheme === undefined || allowed.test(scheme) ? address : undefined;
}

/** Percent-encodes what an address may not hold, leaving what is encoded already. */
export const encodeAddress = (text: string): string =>
  encodeURI(text.replace(/\p{Surrogate}/gu, "\ufffd")).replace(
    /%25(?=[\da-f]{2})/gi,
    "%",
  );

const overrides = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text without the invisible characters that turn the direction of what follows: they make a file name or an
 * address read as another one. Blocks find their direction by themselves (`dir="auto"`).
 */
export const withoutOverrides = (text: string): string =>
  text.replace(overrides, "");

/** The same for code, where a reader should see that something was there. */
export const withVisibleOverrides = (code: string): string =>
  code.replace(overrides, "\ufffd");
