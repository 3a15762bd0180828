import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/**
 * DynamoDB answers in milliseconds: a call that hangs is cut off and repeated. Five attempts at a throttled call take
 * up to 8 seconds with the SDK's backoff: less than a worker's lease and than the router's time.
 */
export const dynamoClient = (): DynamoDBClient =>
  new DynamoDBClient({
    maxAttempts: 5,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      throwOnRequestTimeout: true,
    },
  });

/** The same client, on the same sockets, that never does anything a second time. */
export const unrepeating = ({ config }: DynamoDBClient): DynamoDBClient =>
  new DynamoDBClient({
    region: config.region,
    credentials: config.credentials,
    requestHandler: config.requestHandler,
    ...(config.endpoint && { endpoint: config.endpoint }),
    maxAttempts: 1,
  });
