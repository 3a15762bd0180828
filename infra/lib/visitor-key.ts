import { RemovalPolicy, Validations } from "aws-cdk-lib";
import type { Grant, IGrantable } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { type ISecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";

export interface VisitorKeyProps {
  /**
   * Key that encrypts the secret.
   *
   * @default - the account's key of Secrets Manager
   */
  readonly encryptionKey?: IKey;
  /**
   * What happens to the secret when it leaves the stack. Without it no visitor finds an older conversation again.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** The secret `{"current": "…", "previous"?: "…"}` whose keys sign and check visitor tokens. */
export class VisitorKey extends Construct {
  readonly secret: ISecret;

  constructor(scope: Construct, id: string, props: VisitorKeyProps = {}) {
    super(scope, id);
    this.secret = new Secret(this, "Secret", {
      description: "Signs the visitor tokens of the chat",
      generateSecretString: {
        secretStringTemplate: "{}",
        generateStringKey: "current",
        passwordLength: 64,
        excludePunctuation: true,
      },
      encryptionKey: props.encryptionKey,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    Validations.of(this.secret).acknowledge({
      id: "AwsSolutions::AwsSolutions-SMG4",
      reason:
        "The operator rotates this key on purpose, with the old one kept as `previous` until the tokens that it signed have" +
        " expired; a rotation by schedule would log visitors out of their conversations.",
    });
  }

  /** Lets `grantee` read the keys. */
  grantRead(grantee: IGrantable): Grant {
    return this.secret.grantRead(grantee);
  }
}
