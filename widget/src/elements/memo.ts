/** Whether two lists hold the same values. */
export const isSame = (
  list: readonly unknown[],
  other: readonly unknown[],
): boolean => list.every((value, i) => value === other[i]);

/** `make`, but as long as it is asked for the same again it gives the same object again. */
export function memo<A extends readonly unknown[], R>(
  make: (...from: A) => R,
): (...from: A) => R {
  let last: { readonly from: A; readonly made: R } | undefined;
  return (...from) => {
    if (!last || !isSame(from, last.from)) last = { from, made: make(...from) };
    return last.made;
  };
}
