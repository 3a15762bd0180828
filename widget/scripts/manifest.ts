/** Reads from the sources what `<bedrock-chat>` offers, as a custom elements manifest. */
import { readFileSync } from "node:fs";
import * as analyzer from "@custom-elements-manifest/analyzer/index.js";
import { CUSTOM_PROPERTIES, PARTS, SLOTS } from "./surface.ts";
import type { Descriptions } from "./surface.ts";

export interface Described {
  readonly name: string;
  readonly description?: string;
}

export interface Attribute extends Described {
  readonly fieldName: string;
  readonly type: { readonly text: string };
}

export interface Member extends Described {
  readonly kind: "field" | "method";
  readonly static?: boolean;
  readonly privacy?: string;
  readonly readonly?: boolean;
  readonly attribute?: string;
  readonly type?: { readonly text: string };
  readonly parameters?: readonly {
    readonly name: string;
    readonly optional?: boolean;
  }[];
}

export interface ElementDeclaration {
  readonly kind: "class";
  readonly name: string;
  readonly tagName: string;
  readonly description: string;
  readonly customElement: true;
  readonly members: readonly Member[];
  readonly attributes: readonly Attribute[];
  readonly events: readonly (Described & {
    readonly type: { readonly text: string };
  })[];
  readonly slots: readonly Described[];
  readonly cssParts: readonly Described[];
  readonly cssProperties: readonly Described[];
}

export interface Manifest {
  readonly schemaVersion: string;
  readonly modules: readonly {
    readonly kind: "javascript-module";
    readonly path: string;
    readonly declarations: readonly ElementDeclaration[];
    readonly exports: readonly object[];
  }[];
}

interface Source {
  readonly text: string;
}

/** What the analyzer exports, but its types do not say. */
interface Analyzer {
  readonly create: (options: {
    modules: readonly Source[];
    plugins: readonly object[];
    dev: boolean;
  }) => Manifest;
  readonly ts: {
    readonly ScriptTarget: { readonly ES2022: number };
    createSourceFile(
      name: string,
      text: string,
      target: number,
      withParents: boolean,
    ): Source;
  };
}

const { create, ts } = analyzer as unknown as Analyzer;

const ELEMENT = "src/elements/bedrock-chat.ts";
const EVENTS = "src/events.ts";
/** What every element has, and this one makes something of. */
const GLOBAL: readonly Attribute[] = [
  {
    name: "lang",
    fieldName: "lang",
    type: { text: "string" },
    description: "Language of the chat's own texts, else that of the page.",
  },
  {
    name: "nonce",
    fieldName: "nonce",
    type: { text: "string" },
    description:
      "Taken, but not needed: a policy with nonces wants one on the script tag, from which the rest of the chat has it.",
  },
];

const parse = (path: string): Source =>
  ts.createSourceFile(
    path,
    readFileSync(new URL(`../${path}`, import.meta.url), "utf8"),
    ts.ScriptTarget.ES2022,
    true,
  );

const kebabCase = (name: string): string =>
  name.replace(/[A-Z]/g, (big) => `-${big.toLowerCase()}`);

const listed = (descriptions: Descriptions): Described[] =>
  Object.entries(descriptions).map(([name, description]) => ({
    name,
    description,
  }));

/** A comment's lines are wrapped for the editor, not for the reader. */
const unwrapped = <T extends { description?: string }>(item: T): T =>
  item.description === undefined
    ? item
    : { ...item, description: item.description.replace(/\s*\n\s*/g, " ") };

/** Names of the class's fields that are kept in attributes: those under the decorator of this name. */
function attributeFields(source: Source): Set<string> {
  const names = [
    ...source.text.matchAll(/@attribute\([^]*?\)\)?\s+(?:accessor\s+)?(\w+)!/g),
  ].map(([, name]) => name!);
  return new Set(names);
}

/** Each event with its class, and with what the comment of that class says after the event's name. */
function events(source: Source) {
  const map = /interface ChatEventMap \{([^}]*)\}/.exec(source.text)?.[1] ?? "";
  return [...map.matchAll(/"(chat-[\w-]+)": (\w+)/g)].map(([, name, type]) => {
    const comment = new RegExp(
      `/\\*\\* \`${name}\`: ([^]*?)\\*/\\s*export class ${type} `,
    ).exec(source.text)?.[1];
    const description = comment?.replace(/\s*\n\s*\*\s*/g, " ").trim() ?? "";
    return {
      name: name!,
      type: { text: type! },
      description: description.charAt(0).toUpperCase() + description.slice(1),
    };
  });
}

/** The manifest of the package. */
export function readManifest(): Manifest {
  const element = parse(ELEMENT);
  const { schemaVersion, modules } = create({
    modules: [element],
    plugins: [],
    dev: false,
  });
  const found = modules[0]?.declarations.find(
    ({ name }) => name === "BedrockChat",
  );
  if (!found) throw new Error(`${ELEMENT} declares no class BedrockChat.`);
  const inAttributes = attributeFields(element);
  const members = found.members
    // Callbacks for the browser have no comment, nor has what is set on the shadow root.
    .filter(({ privacy, description }) => !privacy && description !== undefined)
    .map((member) =>
      unwrapped({
        ...member,
        ...(inAttributes.has(member.name) && {
          attribute: kebabCase(member.name),
          reflects: true,
        }),
      }),
    );
  const attributes = members
    .filter(({ attribute }) => attribute !== undefined)
    .map(({ name, attribute, type, description }) => ({
      name: attribute!,
      fieldName: name,
      type: type!,
      description: description!,
    }));
  const declaration: ElementDeclaration = {
    kind: "class",
    name: found.name,
    tagName: "bedrock-chat",
    customElement: true,
    description: unwrapped(found).description,
    members,
    attributes: [...attributes, ...GLOBAL],
    events: events(parse(EVENTS)),
    slots: listed(SLOTS),
    cssParts: listed(PARTS),
    cssProperties: listed(CUSTOM_PROPERTIES),
  };
  const path = "dist/index.js";
  return {
    schemaVersion,
    modules: [
      {
        kind: "javascript-module",
        path,
        declarations: [declaration],
        exports: [
          {
            kind: "js",
            name: found.name,
            declaration: { name: found.name, module: path },
          },
          {
            kind: "custom-element-definition",
            name: declaration.tagName,
            declaration: { name: found.name, module: path },
          },
        ],
      },
    ],
  };
}

/** The same for the HTML completion of Visual Studio Code. */
export function htmlData({ modules }: Manifest): object {
  const { tagName, description, attributes } = modules[0]!.declarations[0]!;
  return {
    version: 1.1,
    tags: [
      {
        name: tagName,
        description,
        attributes: attributes.map(({ name, description, type }) => {
          const values = [...type.text.matchAll(/"([^"]+)"/g)];
          return {
            name,
            description,
            ...(type.text === "boolean" && { valueSet: "v" }),
            ...(values.length > 0 && {
              values: values.map(([, value]) => ({ name: value })),
            }),
          };
        }),
      },
    ],
  };
}
