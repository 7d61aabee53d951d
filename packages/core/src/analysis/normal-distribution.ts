/** From here on the tail is summed as a continued fraction: the series would lose its digits by subtraction. */
const tailFrom = 3;
const tailTerms = 120;

/**
 * The distribution function of the standard normal distribution, to about 1e-15: G. Marsaglia's series ("Evaluating the
 * normal distribution", 2004) and, in the tails, Laplace's continued fraction.
 */
export function normalCdf(x: number): number {
  if (x < -tailFrom) return upperTail(-x);
  if (x > tailFrom) return 1 - upperTail(x);
  let [total, term] = [x, x];
  for (let odd = 3; Math.abs(term) > 1e-18; odd += 2) {
    term *= (x * x) / odd;
    total += term;
  }
  return 0.5 + total * density(x);
}

/**
 * The x with the given probability below it: the start of Abramowitz and Stegun, 26.2.23, improved by Halley's method. `p`
 * lies between 0 and 1; at those the answer is infinite.
 */
export function normalQuantile(p: number): number {
  if (p <= 0) return -Infinity;
  if (p >= 1) return Infinity;
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  let x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (let step = 0; step < 3; step += 1) {
    const error = (normalCdf(x) - p) / density(x);
    x -= error / (1 + (x * error) / 2);
  }
  return x;
}

/** The probability above x, for x of 3 and more. */
function upperTail(x: number): number {
  let fraction = x;
  for (let term = tailTerms; term > 0; term -= 1) fraction = x + term / fraction;
  return density(x) / fraction;
}

function density(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}
