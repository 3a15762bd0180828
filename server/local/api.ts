import { PING_ROUTE, ROUTE_SELECTION_EXPRESSION } from "../src/names.ts";
import type { ApiDefinition } from "./gateway/definition.ts";

export const STAGE = "prod";

/** The WebSocket API of the deployed stack, with the router's function behind it. */
export function localApi(routerFunctionName: string): ApiDefinition {
  const router = {
    integration: {
      type: "AWS_PROXY",
      functionName: routerFunctionName,
    },
  } as const;
  return {
    apiId: "local",
    stages: [STAGE],
    routeSelectionExpression: ROUTE_SELECTION_EXPRESSION,
    routes: {
      $connect: router,
      $disconnect: router,
      $default: router,
      [PING_ROUTE.routeKey]: {
        routeResponse: true,
        integration: {
          type: "MOCK",
          templateSelectionExpression: "\\$default",
          requestTemplates: { $default: PING_ROUTE.requestTemplate },
          responses: [
            {
              key: "$default",
              templateSelectionExpression: "\\$default",
              templates: { $default: PING_ROUTE.responseTemplate },
            },
          ],
        },
      },
    },
  };
}
