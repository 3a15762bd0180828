import type {
  ApiDefinition,
  Integration,
  Route,
} from "../../../server/local/gateway/definition.ts";
import {
  API_ID,
  type DeployedTemplate,
  type Resource,
} from "./deployed-template.ts";

type Texts = Readonly<Record<string, string>>;

/** The WebSocket API that a template describes, for the local gateway. */
export function apiOf(template: DeployedTemplate): ApiDefinition {
  const api = template.only("AWS::ApiGatewayV2::Api").properties as Texts;
  const routes = template
    .ofType("AWS::ApiGatewayV2::Route")
    .map((route): [string, Route] => {
      const { RouteKey, RouteResponseSelectionExpression, Target } =
        route.properties as Texts;
      const responses = template
        .ofType("AWS::ApiGatewayV2::RouteResponse")
        .filter(
          ({ properties }) =>
            properties.RouteId === route.id &&
            properties.RouteResponseKey === "$default",
        );
      return [
        RouteKey!,
        {
          routeResponse:
            RouteResponseSelectionExpression === "$default" &&
            responses.length === 1,
          integration: integrationOf(
            template,
            Target!.replace(/^integrations\//, ""),
          ),
        },
      ];
    });
  return {
    apiId: API_ID,
    stages: template
      .ofType("AWS::ApiGatewayV2::Stage")
      .map(({ properties }) => properties.StageName as string),
    routeSelectionExpression: api.RouteSelectionExpression!,
    routes: Object.fromEntries(routes),
  };
}

function integrationOf(template: DeployedTemplate, id: string): Integration {
  const integration = template
    .ofType("AWS::ApiGatewayV2::Integration")
    .find((resource) => resource.id === id);
  if (!integration) throw new Error(`The template has no integration ${id}.`);
  return integration.properties.IntegrationType === "MOCK"
    ? mockOf(template, integration)
    : proxyOf(integration);
}

function proxyOf({ id, properties }: Resource): Integration {
  const uri = properties.IntegrationUri as string;
  const [, name] = /:function:([^/:]+)\/invocations$/.exec(uri) ?? [];
  if (properties.IntegrationType !== "AWS_PROXY" || name === undefined)
    throw new Error(`The integration ${id} invokes no function: ${uri}.`);
  return { type: "AWS_PROXY", functionName: name };
}

function mockOf(template: DeployedTemplate, { id, properties }: Resource) {
  return {
    type: "MOCK",
    templateSelectionExpression:
      properties.TemplateSelectionExpression as string,
    requestTemplates: properties.RequestTemplates as Texts,
    responses: template
      .ofType("AWS::ApiGatewayV2::IntegrationResponse")
      .filter((response) => response.properties.IntegrationId === id)
      .map((response) => ({
        key: response.properties.IntegrationResponseKey as string,
        templateSelectionExpression: response.properties
          .TemplateSelectionExpression as string,
        templates: response.properties.ResponseTemplates as Texts,
      })),
  } as const;
}
