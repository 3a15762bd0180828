/**
 * Attributes as the element's state: a property reads and writes its attribute, and reading never throws. What a page
 * wrote wrongly counts as the default, and the page's developer is told once.
 */
import { warnOnce } from "../log.ts";

export interface AttributeType<T> {
  readonly fallback: T;
  /** What a right value looks like, for the warning. */
  readonly expected: string;
  /** `undefined`: the text is no such value. */
  parse(text: string): T | undefined;
  /** `null`: no attribute. */
  format(value: T): string | null;
}

/** Pages also write what the types forbid; it is turned into text, as attributes are. */
const formatText = (
  value: string | number | undefined | null,
): string | null =>
  value === undefined || value === null || value === "" ? null : String(value);

/** Any text; without the attribute it is empty. */
export const text: AttributeType<string> = {
  fallback: "",
  expected: "a text",
  parse: (value) => value,
  format: formatText,
};

/** True when the attribute is there, whatever it says. */
export const flag: AttributeType<boolean> = {
  fallback: false,
  expected: "no value",
  parse: () => true,
  format: (value) => (value ? "" : null),
};

/** A whole number from 1. */
export const positiveInteger: AttributeType<number | undefined> = {
  fallback: undefined,
  expected: "a whole number from 1",
  parse: (value) => (/^0*[1-9]\d*$/.test(value) ? Number(value) : undefined),
  format: formatText,
};

/** An address of a WebSocket. */
export const socketUrl: AttributeType<string> = {
  fallback: "",
  expected: "an address that begins with wss:// or ws://",
  parse: (value) => (/^wss?:\/\/\S+$/.test(value) ? value : undefined),
  format: formatText,
};

/** One of some words; the first is the default. */
export const oneOf = <const T extends string>(
  first: T,
  ...others: readonly T[]
): AttributeType<T> => ({
  fallback: first,
  expected: `one of ${[first, ...others].join(", ")}`,
  parse: (value) => [first, ...others].find((word) => word === value),
  format: formatText,
});

const declared = new Map<
  string,
  Pick<AttributeType<unknown>, "expected" | "parse">
>();
const properties: string[] = [];

/** Declares a property that is kept in the attribute of the same name in kebab-case. */
export const attribute =
  <T>(type: AttributeType<T>) =>
  (prototype: object, property: string): void => {
    const name = property.replace(/[A-Z]/g, (big) => `-${big.toLowerCase()}`);
    declared.set(name, type);
    properties.push(property);
    Object.defineProperty(prototype, property, {
      configurable: true,
      enumerable: true,
      get(this: HTMLElement): T {
        const value = this.getAttribute(name);
        return value === null
          ? type.fallback
          : (type.parse(value) ?? type.fallback);
      },
      set(this: HTMLElement, value: T) {
        const written = type.format(value);
        if (written === null) this.removeAttribute(name);
        else this.setAttribute(name, written);
      },
    });
  };

/**
 * Declares a property that is not kept in an attribute. It is an accessor, not a field, because frameworks set as properties
 * what an element has when it is new, and everything else as attributes.
 */
export function property(prototype: object, name: string): void {
  const values = new WeakMap<object, unknown>();
  Object.defineProperty(prototype, name, {
    configurable: true,
    enumerable: true,
    get(this: object): unknown {
      return values.get(this);
    },
    set(this: object, value: unknown) {
      values.set(this, value);
    },
  });
}

/** The names of all declared attributes. */
export const attributeNames = (): string[] => [...declared.keys()];

/** The names of all properties that {@link attribute} declared. */
export const attributeProperties = (): readonly string[] => properties;

/** Tells the page's developer when `value` is not what the attribute `name` expects. */
export function checkAttribute(name: string, value: string | null): void {
  const type = declared.get(name);
  if (!type || value === null || type.parse(value) !== undefined) return;
  warnOnce(
    `The attribute ${name} must be ${type.expected}, got ${JSON.stringify(value)}; the default is used.`,
  );
}
