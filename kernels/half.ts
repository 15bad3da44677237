/** IEEE 754 binary16 on the host: 1 bit of sign, 5 of exponent (bias 15), 10 of fraction. Node 20 has no Float16Array. */

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

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
  float[0] = value;
  const bits = word[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return 0x7e00;
  // Halfway between 65504, the largest, and 65536, which would be the next.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below 2⁻¹⁴ the steps are 2⁻²⁴ wide. Added to 1/2, whose own are, a value is rounded by the addition in f32.
  if (magnitude < 0x38800000) {
    float[0] = Math.abs(value) + 0.5;
    return sign | ((word[0] ?? 0) - 0x3f000000);
  }
  // The exponent's bias goes from 127 to 15 and 13 bits of fraction go, the last kept one deciding a tie; a carry raises the exponent, as it should.
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
};

/** The bits of each value, [value] as `values` is. */
export const halfBits = (values: Float32Array): Uint16Array => Uint16Array.from(values, toHalf);

/** The values of bits, [value] as `bits` is. */
export const halfValues = (bits: Uint16Array): Float32Array => Float32Array.from(bits, fromHalf);

/** Each value as f16 holds it, in f32. */
export const roundedToHalf = (values: Float32Array): Float32Array => values.map((value) => fromHalf(toHalf(value)));
