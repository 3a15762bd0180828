/**
 * Attributes as the element's state: a property reads and writes its attribute, and reading never throws. What a page
 * wrote wrongly counts as the default, and the page's developer is told once.
 */
import { warnOnce } from "../log.ts";

export interface AttributeType<T> {
  /** What the property is without the attribute. */
  readonly fallback: T;
  /** What a right value looks like, for the warning; left out where every text is right. */
  readonly expected?: string;
  /** `undefined`: the text is no such value. */
  parse(text: string): T | undefined;
  /** `null`: no attribute. Left out: the value as text, unless there is none. */
  readonly format?: (value: T) => string | null;
}

/** Pages also write what the types forbid; it is turned into text, as attributes are. */
const formatText = (
  value: string | number | null | undefined,
): string | null =>
  value === undefined || value === null || value === "" ? null : String(value);

/** Any text; without the attribute it is empty. */
export const text: AttributeType<string> = {
  fallback: "",
  parse: (value) => value,
};

/** True when the attribute is there, whatever it says. */
export const flag: AttributeType<boolean> = {
  fallback: false,
  parse: () => true,
  format: (value) => (value ? "" : null),
};

/** A whole number from 1. */
export const positiveInteger: AttributeType<number | undefined> = {
  fallback: undefined,
  expected: "a whole number from 1",
  parse: (value) => (/^0*[1-9]\d*$/.test(value) ? Number(value) : undefined),
};

/** An address of a WebSocket. */
export const socketUrl: AttributeType<string> = {
  fallback: "",
  expected: "an address that begins with wss:// or ws://",
  parse: (value) => (/^wss?:\/\/\S+$/.test(value) ? value : undefined),
};

/** One of some words; the first is the default. */
export const oneOf = <const T extends string>(
  ...words: readonly [T, ...T[]]
): AttributeType<T> => ({
  fallback: words[0],
  expected: `one of ${words.join(", ")}`,
  parse: (value) => words.find((word) => word === value),
});

const declared = new Map<
  string,
  Pick<AttributeType<unknown>, "expected" | "parse">
>();

/** What the accessors need of an element. */
type Host = HTMLElement & {
  attributeChangedCallback(name: string, old: null, value: null): void;
};

const define = <T>(
  prototype: object,
  property: string,
  get: (this: Host) => T,
  set: (this: Host, value: T) => void,
): unknown =>
  Object.defineProperty(prototype, property, {
    configurable: true,
    enumerable: true,
    get,
    set,
  });

/** Declares a property that is kept in the attribute of the same name in kebab-case. */
export const attribute =
  <T>(type: AttributeType<T>) =>
  (prototype: object, property: string): void => {
    const name = property.replace(/[A-Z]/g, (big) => `-${big.toLowerCase()}`);
    const { fallback } = type;
    const format = (type.format ?? formatText) as (value: T) => string | null;
    declared.set(name, type);
    define<T>(
      prototype,
      property,
      function () {
        const value = this.getAttribute(name);
        return value === null ? fallback : (type.parse(value) ?? fallback);
      },
      function (value) {
        const written = format(value);
        if (written === null) this.removeAttribute(name);
        else this.setAttribute(name, written);
      },
    );
  };

/**
 * Declares a property that is not kept in an attribute; `take` makes of what the page sets what it should have. It is an
 * accessor, not a field, because frameworks set as properties what an element has when it is new, and everything else as
 * attributes. To the element its change is one of an attribute.
 */
export const property =
  <T>(fallback?: T, take = (value: T) => value) =>
  (prototype: object, name: string): void => {
    const values = new WeakMap<object, T>();
    define<T>(
      prototype,
      name,
      function () {
        // Each element has its own, for pages that change what they find.
        const value = values.get(this) ?? structuredClone(fallback)!;
        values.set(this, value);
        return value;
      },
      function (value) {
        values.set(this, take(value));
        this.attributeChangedCallback(name, null, null);
      },
    );
  };

/** The names of all declared attributes. */
export const attributeNames = (): string[] => [...declared.keys()];

/** Tells the page's developer when `value` is not what the attribute `name` expects. */
export function checkAttribute(name: string, value: string | null): void {
  const type = declared.get(name);
  if (!type || value === null || type.parse(value) !== undefined) return;
  warnOnce(
    `The attribute ${name} must be ${type.expected}, got ${JSON.stringify(value)}; the default is used.`,
  );
}
