/** The same data without what is undefined, which is as good as not there. */
export const plain = <T>(data: T): T => JSON.parse(JSON.stringify(data)) as T;
