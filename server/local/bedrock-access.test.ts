import assert from "node:assert/strict";
import { test } from "node:test";
import { accessToEndpoint } from "./bedrock-access.ts";
import { baseEnvironment, LOCAL_AWS, userEnvironment } from "./environment.ts";

const URL = "http://localhost:9000";

test("an endpoint of the user's gets no credentials but the user's", () => {
  assert.deepEqual(accessToEndpoint({ PATH: "/bin" }, URL), {
    ...LOCAL_AWS,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: URL,
  });
  const own = { PATH: "/bin", AWS_PROFILE: "me", AWS_REGION: "eu-west-1" };
  assert.deepEqual(accessToEndpoint(own, URL), {
    ...own,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: URL,
  });
  const apiKey = accessToEndpoint({ AWS_BEARER_TOKEN_BEDROCK: "key" }, URL);
  assert.equal(apiKey["AWS_BEARER_TOKEN_BEDROCK"], "key");
  assert.equal(apiKey["AWS_ACCESS_KEY_ID"], "local");
});

test("functions see of the user's environment only what they need", () => {
  const env = {
    HOME: "/home/me",
    PATH: "/bin",
    AWS_ACCESS_KEY_ID: "real",
    AWS_PROFILE: "me",
    TZ: "Asia/Tokyo",
    SECRET: "1",
  };
  assert.deepEqual(baseEnvironment(env), {
    HOME: "/home/me",
    PATH: "/bin",
    TZ: "UTC",
  });
});

test("the user's own environment cannot switch the local endpoints off", () => {
  assert.deepEqual(
    userEnvironment({
      AWS_PROFILE: "me",
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
    }),
    { AWS_PROFILE: "me" },
  );
});
