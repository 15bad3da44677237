// Log decay from the beginning of a token's chunk to the token, its own included: a thread sums up one chunk, or one channel of it. Differences of two of
// them are what lies between two tokens, and never overflow where the later comes first.
#if PER_HEAD
@group(0) @binding(0) var<storage, read> g: array<vec2f>; // decay and its log [head]
#else
@group(0) @binding(0) var<storage, read> g: array<f32>; // [batch, token, head] or [batch, token, head, key]
#end
@group(0) @binding(1) var<storage, read_write> decay: array<f32>; // [batch, head, token] or [batch, head, token, key]

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let tokens = arrayLength(&decay) / (grid.z * CHANNELS);
  let head = id.z % HEADS;
  let batch = id.z / HEADS;
  let channel = id.x % CHANNELS;
  let chunk = id.x / CHANNELS;
  let end = min((chunk + 1u) * CHUNK, tokens);
  var sum = 0.0;
  // What rounding took from the sum so far (Kahan): an absolute error here is a relative one of what the exponential says is left.
  var lost = 0.0;
  for (var token = chunk * CHUNK; token < end; token++) {
#if PER_HEAD
    let term = g[head].y - lost;
#else
    let term = g[((batch * tokens + token) * HEADS + head) * CHANNELS + channel] - lost;
#end
    let next = sum + term;
    lost = (next - sum) - term;
    sum = next;
    decay[(id.z * tokens + token) * CHANNELS + channel] = sum;
  }
}
