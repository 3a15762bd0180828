import { RemovalPolicy, Validations } from "aws-cdk-lib";
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
} from "aws-cdk-lib/aws-dynamodb";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import { TABLE } from "bedrock-chat-server/names";

export interface ChatTableProps {
  /**
   * Whether the table can be restored to any second of the last 35 days.
   *
   * @default true
   */
  readonly pointInTimeRecovery?: boolean;
  /**
   * Key that encrypts the table.
   *
   * @default - a key that DynamoDB owns, at no cost
   */
  readonly encryptionKey?: IKey;
  /**
   * Whether DynamoDB refuses to delete the table.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
  /**
   * What happens to the table when it leaves the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** What the handlers call on the table, and no more: neither Scan nor streams. */
const READ = ["GetItem", "BatchGetItem", "Query"];
const WRITE = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"];

/** What a caller of an encrypted table must be allowed to have DynamoDB do with the key. */
const KEY = [
  "kms:Decrypt",
  "kms:DescribeKey",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
];

/** The one table, which holds connections, conversations and frames. */
export class ChatTable extends Construct {
  readonly table: Table;
  readonly #encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: ChatTableProps = {}) {
    super(scope, id);
    this.#encryptionKey = props.encryptionKey;
    // A global table takes no customer's key in a stack that knows no region.
    this.table = new Table(this, "Table", {
      partitionKey: { name: TABLE.partitionKey, type: AttributeType.STRING },
      sortKey: { name: TABLE.sortKey, type: AttributeType.STRING },
      timeToLiveAttribute: TABLE.timeToLive,
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: props.encryptionKey
        ? TableEncryption.CUSTOMER_MANAGED
        : TableEncryption.DEFAULT,
      encryptionKey: props.encryptionKey,
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: props.pointInTimeRecovery ?? true,
      },
      deletionProtection: props.deletionProtection ?? true,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    this.table.addLocalSecondaryIndex({
      indexName: TABLE.turnOrderIndex,
      sortKey: { name: TABLE.turnOrderKey, type: AttributeType.NUMBER },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    if (props.pointInTimeRecovery === false)
      Validations.of(this.table).acknowledge({
        id: "AwsSolutions::AwsSolutions-DDB3",
        reason: "Point-in-time recovery was switched off by prop.",
      });
  }

  /** Lets `grantee` do what the handlers do with items. */
  grantReadWrite(grantee: IGrantable): Grant {
    this.#encryptionKey?.grant(grantee, ...KEY);
    return Grant.addToPrincipal({
      grantee,
      actions: [...READ, ...WRITE].map((action) => `dynamodb:${action}`),
      resourceArns: [
        this.table.tableArn,
        `${this.table.tableArn}/index/${TABLE.turnOrderIndex}`,
      ],
    });
  }
}
