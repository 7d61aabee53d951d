/** Calls an operation that changes many things page by page, and adds up how many. */
export async function allPages(
  page: (cursor: string | undefined) => Promise<{ readonly count: number; readonly next: string | null }>,
): Promise<number> {
  let total = 0;
  let cursor: string | undefined;
  do {
    const { count, next } = await page(cursor);
    total += count;
    cursor = next ?? undefined;
  } while (cursor !== undefined);
  return total;
}
