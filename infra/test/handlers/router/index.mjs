/** Stands in for the bundled handler where only the template counts. */
export const handler = async () => {};
