// One token of decode or generate on a GPU: S ← D S, S += φ(k) vᵀ or β k (v − Sᵀk)ᵀ in place, o = scale · Sᵀ φ(q). A state is small, so what counts there is how long
// one thread waits for memory: each owns 4 keys × 4 values of S and loads them all at once, and the sums over keys meet in workgroup memory. A workgroup owns
// COLUMN_QUADS × 4 columns. Under the delta rule o = Sᵀq + (k·q) u, with S as it was and u what is written, so one meeting is enough.
alias Value = vec4f;
alias StoredValue = StoredQuad;
const THREADS = KEY_QUADS * COLUMN_QUADS;
var<workgroup> readouts: array<vec4f, THREADS>; // Sᵀq, a part for each four keys [key / 4, value / 4]
#if DELTA
var<workgroup> predictions: array<vec4f, THREADS>; // Sᵀk, likewise
var<workgroup> overlaps: array<f32, KEY_QUADS>; // k·q, likewise
#end
#if NORMALIZED
var<workgroup> shares: array<f32, KEY_QUADS>; // z·q, likewise
#end

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  // KEY_QUADS, but no compiler knows: a loop of a constant length is unrolled by some (Mesa), which takes them seconds.
  let quads = KEY_QUADS * min(grid.x, 1u);
  let tokens = arrayLength(&o) / (grid.z * VALUE_QUADS);
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
  let row = thread / COLUMN_QUADS;
  let column = thread % COLUMN_QUADS;
  let quad = group.x * COLUMN_QUADS + column;
  let exists = quad < VALUE_QUADS;
#if COUNTED
  let counter = (group.z * grid.x + group.x) * THREADS + thread;
  let token = position[counter];
  position[counter] = token + 1u;
  let inputAt = (batch * STREAM + token % STREAM) * HEADS + head;
#else
  let token = 0u;
  let inputAt = group.z;
#end
  let at = (group.z * KEYS + row * 4u) * VALUE_QUADS + quad;
#each r 4
  var s${r} = vec4f(0.0);
#end
  var value = vec4f(0.0);
  if (exists) {
#each r 4
    s${r} = state[at + ${r}u * VALUE_QUADS];
#end
    value = vec4f(v[inputAt * VALUE_QUADS + quad]);
  }
  let key = featured(vec4f(k[inputAt * KEY_QUADS + row]));
  let query = featured(vec4f(q[inputAt * KEY_QUADS + row]));
#if NORMALIZED
  let sum = z[group.z * KEY_QUADS + row] + key;
  if (column == 0u) { shares[row] = dot(sum, query); }
#end
#if DECAYS
#if PER_CHANNEL
  let decay = exp(g[inputAt * KEY_QUADS + row]);
#else
#if PER_HEAD
  let decay = vec4f(g[head].x);
#else
  let decay = vec4f(exp(g[inputAt]));
#end
#end
#each r 4
  s${r} *= decay[${r}];
#end
#end

#if DELTA
  predictions[thread] = key.x * s0 + key.y * s1 + key.z * s2 + key.w * s3;
  readouts[thread] = query.x * s0 + query.y * s1 + query.z * s2 + query.w * s3;
  if (column == 0u) { overlaps[row] = dot(key, query); }
  workgroupBarrier();
  var predicted = vec4f(0.0);
  var overlap = 0.0;
  for (var i = 0u; i < quads; i++) {
    predicted += predictions[i * COLUMN_QUADS + column];
    overlap += overlaps[i];
  }
  let written = beta[inputAt] * (value - predicted);
#else
  let written = value;
#end
#each r 4
  s${r} = fma(vec4f(key[${r}]), written, s${r});
#end
  if (exists) {
#each r 4
    state[at + ${r}u * VALUE_QUADS] = s${r};
#end
  }
#if !DELTA
  readouts[thread] = query.x * s0 + query.y * s1 + query.z * s2 + query.w * s3;
  workgroupBarrier();
#end
#if NORMALIZED
  // A normalized head is one workgroup: all its threads have read z.
  if (column == 0u) { z[group.z * KEY_QUADS + row] = sum; }
#end

  if (row == 0u && exists) {
#if DELTA
    var output = overlap * written;
#else
    var output = vec4f(0.0);
#end
    for (var i = 0u; i < quads; i++) { output += readouts[i * COLUMN_QUADS + column]; }
#if NORMALIZED
    var factor = 0.0;
    for (var i = 0u; i < quads; i++) { factor += shares[i]; }
    factor = 1.0 / (factor + LEAST_DENOMINATOR);
#else
    let factor = f32(SCALE);
#end
    o[((batch * tokens + token % tokens) * HEADS + head) * VALUE_QUADS + quad] = StoredValue(output * factor);
  }
}
