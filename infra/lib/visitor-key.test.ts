import test from "node:test";
import { Template } from "aws-cdk-lib/assertions";
import { newStack } from "../test/support/stacks.ts";
import { VisitorKey } from "./visitor-key.ts";

test("the secret begins with one random key that signs", () => {
  // GIVEN
  const stack = newStack();
  // WHEN
  new VisitorKey(stack, "Key");
  // THEN
  Template.fromStack(stack).hasResourceProperties(
    "AWS::SecretsManager::Secret",
    {
      GenerateSecretString: {
        SecretStringTemplate: "{}",
        GenerateStringKey: "current",
        PasswordLength: 64,
        ExcludePunctuation: true,
      },
    },
  );
});
