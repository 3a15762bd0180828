import type { DeployedTemplate } from "./deployed-template.ts";

/** What a call asks for. */
export interface Ask {
  readonly action: string;
  readonly resource: string;
  /** Condition keys that the call sets. */
  readonly context?: Readonly<Record<string, string>>;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, string | string[]>>>
  >;
}

/** Whether the role's policies allow a call, as IAM decides it; of conditions it knows `ArnEquals`. */
export function permissionsOf(
  template: DeployedTemplate,
  roleId: string,
): (ask: Ask) => boolean {
  const statements = template
    .ofType("AWS::IAM::Policy")
    .map(
      ({ properties }) =>
        properties as {
          Roles: string[];
          PolicyDocument: { Statement: Statement[] };
        },
    )
    .filter(({ Roles }) => Roles.includes(roleId))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  return (ask) => {
    const fitting = statements.filter((statement) => fits(statement, ask));
    return (
      fitting.some(({ Effect }) => Effect === "Allow") &&
      !fitting.some(({ Effect }) => Effect === "Deny")
    );
  };
}

function fits(
  { Action, Resource, Condition = {} }: Statement,
  { action, resource, context = {} }: Ask,
): boolean {
  return (
    [Action].flat().some((pattern) => matches(pattern, action)) &&
    [Resource].flat().some((pattern) => matches(pattern, resource)) &&
    Object.entries(Condition).every(([operator, keys]) => {
      if (operator !== "ArnEquals")
        throw new Error(`The condition ${operator} is not known here.`);
      return Object.entries(keys).every(([key, patterns]) =>
        [patterns]
          .flat()
          .some((pattern) => matches(pattern, context[key] ?? "")),
      );
    })
  );
}

/** A policy's pattern: `*` stands for anything, `?` for one character. */
export function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`).test(text);
}
