/** Makes a client of the AWS SDK tell X-Ray about its calls, and gives it back. */
export type Trace = <T>(client: T) => T;

/** What clients are when nobody follows their calls. */
export const untraced: Trace = (client) => client;

/**
 * Traces clients of the AWS SDK in the name of `service`; `enabled` only on Lambda, because elsewhere there is no segment to
 * put the calls into, and where it is not loaded either. It leaves `http` alone, which the SDK's calls go through as well.
 */
export async function createTrace(
  enabled: boolean,
  service: string,
): Promise<Trace> {
  if (!enabled) return untraced;
  const { Tracer } = await import("@aws-lambda-powertools/tracer");
  const tracer = new Tracer({
    serviceName: service,
    captureHTTPsRequests: false,
  });
  return (client) => tracer.captureAWSv3Client(client);
}
