import eluPlusOne from "./featureMap.eluPlusOne.wgsl";
import identity from "./featureMap.identity.wgsl";

/** φ, applied to every channel of q and k before the recurrence. */
export interface FeatureMap {
  /** WGSL: `fn featured(x: vec4f) -> vec4f` */
  readonly wgsl: string;
  /** the same in float64 */
  readonly featured: (x: number) => number;
  /** E[φ(x)] and E[φ(x)²] for x ~ N(0, 1): how a state grows with the tokens in it */
  readonly mean: number;
  readonly meanSquare: number;
}

/** What is added to z·φ(q), which is nothing in f32 where e^x of a query or of all keys is (as fla-org/flash-linear-attention's normalizers do). WGSL has it too. */
export const leastDenominator = 1e-10;

/** By value of the parameter `featureMap`. elu+1: Katharopoulos et al. 2020, eq. 7. */
export const featureMaps: Readonly<Record<string, FeatureMap>> = {
  identity: { wgsl: identity, featured: (x) => x, mean: 0, meanSquare: 1 },
  // mean = φ(0) + 1/2 + √e·Φ(−1), mean square = 3/2 + 2φ(0) − 1/2 + e²·Φ(−2), with φ and Φ the normal density and distribution
  "elu+1": { wgsl: eluPlusOne, featured: (x) => (x > 0 ? x + 1 : Math.exp(x)), mean: 1.1605, meanSquare: 1.966 },
};

/** The feature map of that name. Throws on a name that is not a value of the parameter. */
export const featureMapOf = (name: string): FeatureMap => {
  const found = featureMaps[name];
  if (!found) throw new Error(`featureMap ${name} is not one of ${Object.keys(featureMaps).join(", ")}`);
  return found;
};
