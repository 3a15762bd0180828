/** A synthesized template as if it had been deployed: every reference has a value. */

export const REGION = "us-east-1";
export const ACCOUNT = "000000000000";
export const API_ID = "local";

const PSEUDO: Readonly<Record<string, string>> = {
  "AWS::Partition": "aws",
  "AWS::Region": REGION,
  "AWS::AccountId": ACCOUNT,
  "AWS::URLSuffix": "amazonaws.com",
  "AWS::StackName": "BedrockChat",
};

/** What a resource is called by `Ref` and by its ARN, as far as templates of this project ask. */
const NAMES: Readonly<
  Record<string, (id: string) => { ref: string; arn?: string }>
> = {
  "AWS::ApiGatewayV2::Api": () => ({ ref: API_ID }),
  "AWS::DynamoDB::Table": (id) => ({
    ref: id,
    arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${id}`,
  }),
  "AWS::Lambda::Function": (id) => ({
    ref: id,
    arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${id}`,
  }),
  "AWS::SecretsManager::Secret": (id) => ({
    ref: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${id}`,
  }),
};

export interface Resource {
  readonly id: string;
  readonly type: string;
  /** Every intrinsic function replaced by its value. */
  readonly properties: Readonly<Record<string, unknown>>;
}

interface TemplateJson {
  readonly Resources: Readonly<
    Record<string, { Type: string; Properties?: Record<string, unknown> }>
  >;
}

export class DeployedTemplate {
  readonly resources: readonly Resource[];
  readonly #json: TemplateJson;

  constructor(json: object) {
    this.#json = json as TemplateJson;
    this.resources = Object.entries(this.#json.Resources).map(
      ([id, { Type, Properties = {} }]) => ({
        id,
        type: Type,
        properties: this.#resolve(Properties) as Record<string, unknown>,
      }),
    );
  }

  ofType(type: string): Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The one resource of the type. */
  only(type: string): Resource {
    const found = this.ofType(type);
    if (found.length === 1) return found[0]!;
    throw new Error(`The template has ${found.length} of ${type}; expected 1.`);
  }

  #resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#resolve(item));
    if (typeof value !== "object" || value === null) return value;
    const [[key, argument] = ["", undefined], ...others] =
      Object.entries(value);
    if (others.length === 0) {
      if (key === "Ref") return this.#ref(argument as string);
      if (key === "Fn::GetAtt")
        return this.#attribute(...(argument as [string, string]));
      if (key === "Fn::Join") {
        const [separator, parts] = argument as [string, unknown[]];
        return parts.map((part) => this.#resolve(part)).join(separator);
      }
      if (key === "Fn::Sub")
        return (argument as string).replace(
          /\$\{([^}]+)\}/g,
          (_all, name: string) => this.#ref(name),
        );
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, this.#resolve(item)]),
    );
  }

  #ref(id: string): string {
    return PSEUDO[id] ?? this.#names(id)?.ref ?? id;
  }

  /** An attribute that nobody looks at becomes a text that nobody takes for a value. */
  #attribute(id: string, name: string): string {
    const { arn } = this.#names(id) ?? {};
    return name === "Arn" && arn !== undefined ? arn : `<${id}.${name}>`;
  }

  #names(id: string): { ref: string; arn?: string } | undefined {
    const type = this.#json.Resources[id]?.Type;
    return type === undefined ? undefined : NAMES[type]?.(id);
  }
}
