/** Beyond these, sums and products of prices overflow or vanish, and averages compare wrongly. */
const [smallest, largest] = [1e-15, 1e15];

/** Why a number cannot be used as a price; null when it can. */
export function priceProblem(price: number): string | null {
  if (!Number.isFinite(price)) return "is not a number";
  if (price <= 0) return "is not positive";
  if (price < smallest) return `is below ${smallest}`;
  return price > largest ? `is above ${largest}` : null;
}
