// decayScalars.wgsl for four channels at a time.
const QUAD_STEP = 1.0 / 4096.0;

fn quadSince(at: u32) -> vec4f {
  return -(vec4f(decayQuads[at]) * QUAD_STEP + bitcast<vec4f>(decayQuads[arrayLength(&decayQuads) / 2u + at]));
}

fn quadBetween(later: u32, earlier: u32) -> vec4f {
  let rest = arrayLength(&decayQuads) / 2u;
  let steps = vec4f(vec4i(decayQuads[earlier]) - vec4i(decayQuads[later]));
  return steps * QUAD_STEP + (bitcast<vec4f>(decayQuads[rest + earlier]) - bitcast<vec4f>(decayQuads[rest + later]));
}
