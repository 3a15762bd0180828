/** What an SDK client needs besides a local endpoint. Nothing here checks a signature. */
export const LOCAL_CREDENTIALS = {
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
} as const;
