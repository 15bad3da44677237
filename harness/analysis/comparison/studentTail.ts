/** P(|T| > t) of Student's t with so many degrees of freedom (any above 0; infinitely many: normal): the incomplete beta function I_x(ν/2, ½) at x = ν/(ν + t²). */
export const studentTail = (t: number, freedom: number): number => {
  if (!(freedom > 0)) return 1;
  const nu = Math.min(freedom, 1e6);
  const x = nu / (nu + t * t);
  return x <= 0 ? 0 : incompleteBeta(x, nu / 2, 0.5);
};

/** t with P(|T| > t) = p, by bisection of log t. */
export const studentQuantile = (p: number, freedom: number): number => {
  let [low, high] = [Math.log(1e-6), Math.log(1e12)];
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (studentTail(Math.exp(middle), freedom) > p) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
};

/** I_x(a, b) by its continued fraction, on the side where that converges (Abramowitz and Stegun 26.5.8, evaluated by Lentz's method). */
const incompleteBeta = (x: number, a: number, b: number): number => {
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
};

const tiny = 1e-300;

const fraction = (x: number, a: number, b: number): number => {
  const guarded = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / guarded(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let step = 1;
    for (const term of [even, odd]) {
      d = 1 / guarded(1 + term * d);
      c = guarded(1 + term / c);
      step = c * d;
      value *= step;
    }
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return value;
};

/** ln Γ(x) for x > 0, by Stirling's series beyond 10 and the recurrence below. */
const logGamma = (x: number): number => {
  let shift = 0;
  let at = x;
  for (; at < 10; at++) shift += Math.log(at);
  const square = at * at;
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + (1 / 12 - (1 / 360 - 1 / (1260 * square)) / square) / at - shift;
};
