// Log decay from the beginning of a token's chunk to the token, its own included: a thread sums up one chunk. Differences of two of them are what lies
// between two tokens, and never overflow where the later comes first.
#if PER_HEAD
@group(0) @binding(0) var<storage, read> g: array<vec2f>; // decay and its log [head]
#else
@group(0) @binding(0) var<storage, read> g: array<f32>; // [batch, token, head]
#end
@group(0) @binding(1) var<storage, read_write> decay: array<f32>; // [batch, head, token]

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let tokens = arrayLength(&decay) / grid.z;
  let head = id.z % HEADS;
  let batch = id.z / HEADS;
  let end = min((id.x + 1u) * CHUNK, tokens);
  var sum = 0.0;
  for (var token = id.x * CHUNK; token < end; token++) {
#if PER_HEAD
    sum += g[head].y;
#else
    sum += g[(batch * tokens + token) * HEADS + head];
#end
    decay[id.z * tokens + token] = sum;
  }
}
