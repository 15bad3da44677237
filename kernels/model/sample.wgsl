// The next token of each row: the largest score, of equal ones the first; TEMPERED: of scores over a temperature with Gumbel noise on top, which draws from their softmax
// (Maddison, Tarlow and Minka 2014, arXiv 1411.0030).
@group(0) @binding(0) var<storage, read> scores: array<f32>; // [row, VOCAB]
@group(0) @binding(1) var<storage, read_write> next: array<u32>; // [row]
#if TEMPERED
@group(0) @binding(2) var<storage, read> position: array<u32>; // [row]
#end

const FAR_BELOW = -3.0e38;

var<workgroup> best: array<f32, THREADS>;
var<workgroup> places: array<u32, THREADS>;

#if TEMPERED
fn mixed(value: u32) -> u32 {
  var x = value;
  x = (x ^ (x >> 16u)) * 0x21f0aaadu;
  x = (x ^ (x >> 15u)) * 0x735a2d97u;
  return x ^ (x >> 15u);
}

// Uniform in (0, 1), of 23 bits and a half, which f32 holds exactly: choice.ts draws the same.
fn drawn(row: u32, token: u32) -> f32 {
  let key = mixed(position[row] ^ mixed(u32(SEED)));
  return (f32(mixed(mixed(token ^ key) + key) >> 9u) + 0.5) / 8388608.0;
}

// -log(1 - u): below a half by its series in u / (2 - u), as log is known to 2⁻²¹ near 1, which is more than u may be.
fn waiting(u: f32) -> f32 {
  let s = u / (2.0 - u);
  let t = s * s;
  let near = 2.0 * s * (1.0 + t * (1.0 / 3.0 + t * (1.0 / 5.0 + t * (1.0 / 7.0 + t * (1.0 / 9.0 + t * (1.0 / 11.0 + t * (1.0 / 13.0 + t / 15.0)))))));
  return select(-log(1.0 - u), near, u < 0.5);
}
#end

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = workgroup.x;
  var top = FAR_BELOW;
  var place = 0u;
  for (var token = thread; token < VOCAB; token += THREADS) {
#if TEMPERED
    let score = scores[row * VOCAB + token] * INVERSE_TEMPERATURE - log(waiting(drawn(row, token)));
#else
    let score = scores[row * VOCAB + token];
#end
    if (score > top) { top = score; place = token; }
  }
  best[thread] = top;
  places[thread] = place;
  workgroupBarrier();
  for (var left = u32(THREADS); left > 1u; left = (left + 1u) / 2u) {
    let kept = (left + 1u) / 2u;
    if (thread + kept < left) {
      let isBetter = best[thread + kept] > best[thread] || (best[thread + kept] == best[thread] && places[thread + kept] < places[thread]);
      if (isBetter) {
        best[thread] = best[thread + kept];
        places[thread] = places[thread + kept];
      }
    }
    workgroupBarrier();
  }
  if (thread == 0u) { next[row] = places[0]; }
}
