import { createServer, type Server } from "node:http";
import type { DeployedTemplate } from "./deployed-template.ts";

/** What CloudFront does to a handshake on its way to the API. */
export interface Edge {
  /** What the origin's URL begins with. */
  readonly path: string;
  readonly apiKey: string;
}

/** The distribution in front of the API, if the template has one. */
export function edgeOf(
  template: DeployedTemplate,
  secrets: Readonly<Record<string, string>>,
): Edge | undefined {
  for (const { properties } of template.ofType(
    "AWS::CloudFront::Distribution",
  )) {
    const { DistributionConfig: config } = properties as {
      DistributionConfig: { Origins: Origin[] };
    };
    for (const { OriginPath: path = "", OriginCustomHeaders } of config.Origins)
      for (const { HeaderName, HeaderValue } of OriginCustomHeaders ?? [])
        if (HeaderName === "x-api-key")
          return { path, apiKey: secretIn(HeaderValue, secrets) };
  }
  return undefined;
}

interface Origin {
  readonly OriginPath?: string;
  readonly OriginCustomHeaders?: readonly {
    readonly HeaderName: string;
    readonly HeaderValue: string;
  }[];
}

/** Passes handshakes on to `api` as CloudFront does, which says whom it has seen and by which key it is known. */
export function edgeServer({ path, apiKey }: Edge, api: Server): Server {
  const server = createServer();
  server.on("upgrade", (request, stream, head) => {
    request.url = `${path}${request.url === "/" ? "" : request.url}`;
    request.headers["x-api-key"] = apiKey;
    request.headers["x-forwarded-for"] = request.socket.remoteAddress;
    request.rawHeaders.push("x-api-key", apiKey);
    api.emit("upgrade", request, stream, head);
  });
  return server;
}

/** Keys of which a handshake must bring one; undefined where it needs none. */
export function connectKeysOf(
  template: DeployedTemplate,
  secrets: Readonly<Record<string, string>>,
): string[] | undefined {
  const connect = template
    .ofType("AWS::ApiGatewayV2::Route")
    .find(({ properties }) => properties.RouteKey === "$connect");
  if (connect?.properties.ApiKeyRequired !== true) return undefined;
  const planned = template
    .ofType("AWS::ApiGateway::UsagePlanKey")
    .map(({ properties }) => properties.KeyId);
  return template
    .ofType("AWS::ApiGateway::ApiKey")
    .filter(({ id }) => planned.includes(id))
    .map(({ properties }) => secretIn(properties.Value as string, secrets));
}

/** The secret that a value leaves for CloudFormation to put in. */
function secretIn(
  value: string,
  secrets: Readonly<Record<string, string>>,
): string {
  const [, arn = ""] =
    /^\{\{resolve:secretsmanager:(.+):SecretString:::\}\}$/.exec(value) ?? [];
  const secret = secrets[arn];
  if (secret === undefined)
    throw new Error(`${value} leads to no secret of the template.`);
  return secret;
}
