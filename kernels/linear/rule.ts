/**
 * What members of the family differ in: how S decays before a token is written, and how it is written.
 *   S ← D_t S,  then  S += φ(k) vᵀ  or, by the delta rule,  S += β k (v − Sᵀk)ᵀ
 */
export interface Rule {
  /** D_t: none, γ_h of the head, e^{g} of head and token, or Diag(e^{g}) of head, token and key channel; g ≤ 0 */
  readonly decay: "none" | "head" | "token" | "channel";
  /** Schlag et al. 2021, arXiv 2102.11174: what the state holds under k is replaced by v, in the share β */
  readonly delta: boolean;
}

/** Operations that a token costs an element of S beyond the two multiply-adds of writing and reading it: one to decay, two to ask what stands under k. */
export const extraFlops = ({ decay, delta }: Rule): number => (decay === "none" ? 0 : 1) + (delta ? 2 : 0);
