// How far the log decay has fallen since the beginning of a token's chunk, its own decay included: a thread sums up one chunk, or one channel of it. What
// lies between two tokens is a difference of two such sums, and an absolute error of it a relative one of what an exponential says is left: so whole
// steps of 1/4096 are summed as integers, and only what is left below a step as f32. (A compensated sum would do as well, but compilers may reassociate it.)
#if PER_HEAD
@group(0) @binding(0) var<storage, read> g: array<vec2f>; // decay and its log [head]
#else
@group(0) @binding(0) var<storage, read> g: array<f32>; // [batch, token, head] or [batch, token, head, key]
#end
@group(0) @binding(1) var<storage, read_write> decay: array<u32>; // steps and rest [2, batch, head, token] or [2, batch, head, token, key]

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let half = arrayLength(&decay) / 2u;
  let tokens = half / (grid.z * CHANNELS);
  let head = id.z % HEADS;
  let batch = id.z / HEADS;
  let channel = id.x % CHANNELS;
  let chunk = id.x / CHANNELS;
  let end = min((chunk + 1u) * CHUNK, tokens);
  var steps = 0u;
  var rest = 0.0;
  for (var token = chunk * CHUNK; token < end; token++) {
#if PER_HEAD
    let log = g[head].y;
#else
    let log = g[((batch * tokens + token) * HEADS + head) * CHANNELS + channel];
#end
    // e^-128 is zero in f32, and sixteen of them are 2^23 steps, which f32 counts one by one (chunkPairs).
    let fall = min(-log, 128.0);
    let whole = floor(fall * 4096.0);
    steps += u32(whole);
    rest += fall - whole * (1.0 / 4096.0);
    let to = (id.z * tokens + token) * CHANNELS + channel;
    decay[to] = steps;
    decay[half + to] = bitcast<u32>(rest);
  }
}
