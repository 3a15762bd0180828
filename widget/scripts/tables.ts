/** The tables of the package's README, made from the manifest. `npm run readme -w widget` writes them into it. */
import type { Described, Manifest, Member } from "./manifest.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|");

function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [heads, heads.map(() => "---"), ...rows]
    .map((row) => `| ${row.map(cell).join(" | ")} |`)
    .join("\n");
}

/** What may be absent need not say so in a table. */
const withoutUndefined = (type: string): string =>
  type.replace(/ \| undefined$/, "");

const names = (items: readonly Described[], head: string): string =>
  table(
    [head, ""],
    items.map(({ name, description = "" }) => [`\`${name}\``, description]),
  );

const signature = ({ name, parameters = [] }: Member): string =>
  `${name}(${parameters
    .map((parameter) => `${parameter.name}${parameter.optional ? "?" : ""}`)
    .join(", ")})`;

/** Each table by the name of its place in the README. */
export function tables({ modules }: Manifest): Record<string, string> {
  const element = modules[0]!.declarations[0]!;
  const own = element.members.filter((member) => !member.static);
  return {
    attributes: table(
      ["attribute", "type", ""],
      element.attributes.map(({ name, type, description = "" }) => [
        `\`${name}\``,
        `\`${withoutUndefined(type.text)}\``,
        description,
      ]),
    ),
    properties: table(
      ["property", "type", ""],
      own
        .filter(({ kind, attribute }) => kind === "field" && !attribute)
        .map(({ name, type, readonly, description = "" }) => [
          `\`${name}\`${readonly ? " (read-only)" : ""}`,
          `\`${withoutUndefined(type?.text ?? "")}\``,
          description,
        ]),
    ),
    methods: table(
      ["method", ""],
      own
        .filter(({ kind }) => kind === "method")
        .map((member) => [
          `\`${signature(member)}\``,
          member.description ?? "",
        ]),
    ),
    events: names(element.events, "event"),
    "custom properties": names(element.cssProperties, "custom property"),
    parts: names(element.cssParts, "part"),
    slots: names(element.slots, "slot"),
  };
}

/** `readme` with each table in its place: between a comment of its name and the one that closes it. */
export function withTables(readme: string, manifest: Manifest): string {
  return Object.entries(tables(manifest)).reduce((text, [name, content]) => {
    const place = new RegExp(`(<!-- ${name} -->)[^]*?(<!-- /${name} -->)`);
    if (!place.test(text))
      throw new Error(`The README has no place for ${name}.`);
    return text.replace(
      place,
      (_, begin: string, end: string) => `${begin}\n\n${content}\n\n${end}`,
    );
  }, readme);
}
