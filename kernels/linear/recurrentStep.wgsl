// One token of decode or generate: S ← D S, S += φ(k) vᵀ or β k (v − Sᵀk)ᵀ in place, o = scale · Sᵀ φ(q). The delta rule reads a column twice: first for
// what stands under k and, old, for q (o = Sᵀq + (k·q) u), then to write it. A thread owns VALUE_WIDTHS columns of S, writes each
// element once and needs no other thread's. Keys and queries are loaded once per subgroup and broadcast, or read from workgroup memory
// where subgroups are not all of one size.
#if NORMALIZED
#if !BROADCAST
var<workgroup> shares: array<f32, KEY_QUADS>;
#end
#end

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) thread: u32,
#if BROADCAST
  @builtin(subgroup_invocation_id) lane: u32,
#end
) {
  // 1, but no compiler knows: a loop of a constant length is unrolled by some (Mesa), which takes them seconds.
  let once = min(grid.x, 1u);
  let tokens = arrayLength(&o) / (grid.z * VALUES);
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
#if COUNTED
  let counter = (group.z * grid.x + group.x) * THREADS + thread;
  let token = position[counter];
  position[counter] = token + 1u;
  let inputAt = (batch * STREAM + token % STREAM) * HEADS + head;
#else
  let token = 0u;
  let inputAt = group.z;
#end
#if DECAYS
#if !PER_CHANNEL
#if PER_HEAD
  let d = vec4f(g[head].x);
#else
  let d = vec4f(exp(g[inputAt]));
#end
#end
#end
#each w VALUE_WIDTHS
  let column${w} = (group.x * VALUE_WIDTHS + ${w}u) * THREADS + thread;
  var at${w} = group.z * KEYS * VALUES + column${w};
  var o${w} = 0.0;
  var v${w} = 0.0;
  if (column${w} < VALUES) {
    v${w} = f32(v[inputAt * VALUES + column${w}]);
  }
#end
#if BROADCAST
#if NORMALIZED
  var share = 0.0;
  let leads = subgroupMin(thread) == 0u;
#end
#else
  for (var i = thread; i < KEY_QUADS; i += THREADS) {
    keys[i] = featured(vec4f(k[inputAt * KEY_QUADS + i]));
    queries[i] = featured(vec4f(q[inputAt * KEY_QUADS + i]));
#if PER_CHANNEL
    decays[i] = exp(g[inputAt * KEY_QUADS + i]);
#end
#if NORMALIZED
    let sum = z[group.z * KEY_QUADS + i] + keys[i];
    z[group.z * KEY_QUADS + i] = sum;
    shares[i] = dot(sum, queries[i]);
#end
  }
  workgroupBarrier();
#end

#if DELTA
  var overlap = 0.0;
#each w VALUE_WIDTHS
  var p${w} = 0.0;
#end
  for (var i = 0u; i < KEY_QUADS * once; i++) {
    let x = keys[i];
    let y = queries[i];
#if PER_CHANNEL
    let d = decays[i];
#end
    overlap += dot(x, y);
#each w VALUE_WIDTHS
    if (column${w} < VALUES) {
#each c 4
#if DECAYS
      let s${c} = state[at${w} + (4u * i + ${c}u) * VALUES] * d[${c}];
#else
      let s${c} = state[at${w} + (4u * i + ${c}u) * VALUES];
#end
      p${w} = fma(x[${c}], s${c}, p${w});
      o${w} = fma(y[${c}], s${c}, o${w});
#end
    }
#end
  }
#each w VALUE_WIDTHS
  // From here on what is written is u, and not v.
  v${w} = beta[inputAt] * (v${w} - p${w});
  o${w} = fma(overlap, v${w}, o${w});
#end
#end

#if BROADCAST
  for (var quad0 = 0u; quad0 < KEY_QUADS * once; quad0 += SUBGROUP) {
    let own = min(quad0 + lane, KEY_QUADS - 1u);
    let ownKeys = featured(vec4f(k[inputAt * KEY_QUADS + own]));
    let ownQueries = featured(vec4f(q[inputAt * KEY_QUADS + own]));
#if PER_CHANNEL
    let ownDecays = exp(g[inputAt * KEY_QUADS + own]);
#end
    let count = min(SUBGROUP * once, KEY_QUADS - quad0);
#if NORMALIZED
    // A normalized head is one workgroup: all its threads have read z before any writes it.
    let sum = z[group.z * KEY_QUADS + own] + ownKeys;
    share += select(0.0, dot(sum, ownQueries), lane < count);
    storageBarrier();
    if (leads && lane < count) {
      z[group.z * KEY_QUADS + own] = sum;
    }
#end
    for (var i = 0u; i < count; i++) {
      let x = subgroupShuffle(ownKeys, i);
      let y = subgroupShuffle(ownQueries, i);
#if PER_CHANNEL
      let d = subgroupShuffle(ownDecays, i);
#end
#else
  {
    for (var i = 0u; i < KEY_QUADS * once; i++) {
      let x = keys[i];
      let y = queries[i];
#if PER_CHANNEL
      let d = decays[i];
#end
#end
#each w VALUE_WIDTHS
      if (column${w} < VALUES) {
#each c 4
#if DECAYS
        let s${c} = fma(x[${c}], v${w}, state[at${w} + ${c}u * VALUES] * d[${c}]);
#else
        let s${c} = fma(x[${c}], v${w}, state[at${w} + ${c}u * VALUES]);
#end
        state[at${w} + ${c}u * VALUES] = s${c};
#if !DELTA
        o${w} = fma(y[${c}], s${c}, o${w});
#end
#end
      }
      at${w} += 4u * VALUES;
#end
    }
  }

#if NORMALIZED
#if BROADCAST
  let factor = 1.0 / (subgroupAdd(share) + LEAST_DENOMINATOR);
#else
  var denominator = 0.0;
  for (var i = 0u; i < KEY_QUADS * once; i++) {
    denominator += shares[i];
  }
  let factor = 1.0 / (denominator + LEAST_DENOMINATOR);
#end
#else
  let factor = f32(SCALE);
#end
#each w VALUE_WIDTHS
  if (column${w} < VALUES) {
    o[((batch * tokens + token % tokens) * HEADS + head) * VALUES + column${w}] = Stored(o${w} * factor);
  }
#end
}
