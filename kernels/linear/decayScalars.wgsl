// How far the log decay has fallen at a token (or token and channel) since the beginning of its chunk: whole steps of 1/4096 in the first half of the
// buffer, what is left below a step as f32 bits in the second. Sums of hundreds in f32 would be rounded to units that matter where two of them are close.
const FALL_STEP = 1.0 / 4096.0;

// Log of what is left of the chunk's beginning.
fn logSince(at: u32) -> f32 {
  return -(f32(decay[at]) * FALL_STEP + bitcast<f32>(decay[arrayLength(&decay) / 2u + at]));
}

// Log of what is left at `later` of what came at `earlier`; positive the other way round.
fn logBetween(later: u32, earlier: u32) -> f32 {
  let rest = arrayLength(&decay) / 2u;
  return f32(i32(decay[earlier]) - i32(decay[later])) * FALL_STEP + (bitcast<f32>(decay[rest + earlier]) - bitcast<f32>(decay[rest + later]));
}
