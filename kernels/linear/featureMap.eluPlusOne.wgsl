// elu(x) + 1 (Katharopoulos et al. 2020, eq. 7)
fn featured(x: vec4f) -> vec4f {
  return select(exp(x), x + 1.0, x > vec4f(0.0));
}

// Added to z·φ(q): e^x of a query far below zero is nothing in f32, and so may be all of its keys'; what weighs nothing is zero then.
const LEAST_DENOMINATOR = 1e-10;
