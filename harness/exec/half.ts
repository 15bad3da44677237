/** IEEE 754 binary16: 1 bit of sign, 5 of exponent (bias 15), 10 of fraction. */

const words = new Uint32Array(1);
const floats = new Float32Array(words.buffer);

/** The value of 16 bits, exactly: every binary16 value is one of f32. NaN for every pattern of NaN. */
export const fromHalf = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};

/** The 16 bits nearest to an f32 value, of two equally near the even one. From 65520 on that is infinity; NaN becomes the quiet 0x7e00. */
export const toHalf = (value: number): number => {
  floats[0] = value;
  const word = words[0] ?? 0;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return 0x7e00;
  // From halfway between 65504, the largest, and 65536, which would be the next.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below 2⁻¹⁴ steps are 2⁻²⁴ wide: counted as a whole number. 1024 of them come to 0x0400, the smallest normal value, as they should.
  if (magnitude < 0x38800000) return sign | roundEven(Math.abs(floats[0]) * 2 ** 24);
  // The exponent's bias goes from 127 to 15, 13 bits of fraction go; a carry out of the fraction raises the exponent, as it should.
  return sign | roundEven((magnitude - 0x38000000) / 2 ** 13);
};

/** A number of at most 2²² and 24 significant bits to the nearest whole one, of two equally near the even one. */
const roundEven = (value: number): number => {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
};
