// One token of decode or generate: S += φ(k) vᵀ in place, o = scale · Sᵀ φ(q). A thread owns VALUE_WIDTHS columns of S, reads and writes each
// element once and needs no other thread's. Keys and queries are loaded once per subgroup and broadcast, or read from workgroup memory
// where subgroups are not all of one size.
#if COUNTED
// Every thread counts for itself, so that no word is written in a dispatch that another thread reads.
@group(0) @binding(POSITION_BINDING) var<storage, read_write> position: array<u32>; // [batch, head, thread]
#end
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
#each w VALUE_WIDTHS
  let column${w} = (group.x * VALUE_WIDTHS + ${w}u) * THREADS + thread;
  var at${w} = group.z * KEYS * VALUES + column${w};
  var o${w} = 0.0;
  var v${w} = 0.0;
  if (column${w} < VALUES) {
    v${w} = v[inputAt * VALUES + column${w}];
  }
#end
#if BROADCAST
#if NORMALIZED
  var share = 0.0;
  let leads = subgroupMin(thread) == 0u;
#end
#else
  for (var i = thread; i < KEY_QUADS; i += THREADS) {
    keys[i] = featured(k[inputAt * KEY_QUADS + i]);
    queries[i] = featured(q[inputAt * KEY_QUADS + i]);
#if NORMALIZED
    let sum = z[group.z * KEY_QUADS + i] + keys[i];
    z[group.z * KEY_QUADS + i] = sum;
    shares[i] = dot(sum, queries[i]);
#end
  }
  workgroupBarrier();
#end

#if BROADCAST
  for (var quad0 = 0u; quad0 < KEY_QUADS * once; quad0 += SUBGROUP) {
    let own = min(quad0 + lane, KEY_QUADS - 1u);
    let ownKeys = featured(k[inputAt * KEY_QUADS + own]);
    let ownQueries = featured(q[inputAt * KEY_QUADS + own]);
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
#else
  {
    for (var i = 0u; i < KEY_QUADS * once; i++) {
      let x = keys[i];
      let y = queries[i];
#end
#each w VALUE_WIDTHS
      if (column${w} < VALUES) {
#each c 4
        let s${c} = fma(x[${c}], v${w}, state[at${w} + ${c}u * VALUES]);
        state[at${w} + ${c}u * VALUES] = s${c};
        o${w} = fma(y[${c}], s${c}, o${w});
#end
      }
      at${w} += 4u * VALUES;
#end
    }
  }

#if NORMALIZED
#if BROADCAST
  let factor = 1.0 / subgroupAdd(share);
#else
  var denominator = 0.0;
  for (var i = 0u; i < KEY_QUADS * once; i++) {
    denominator += shares[i];
  }
  let factor = 1.0 / denominator;
#end
#else
  let factor = SCALE;
#end
#each w VALUE_WIDTHS
  if (column${w} < VALUES) {
    o[((batch * tokens + token) * HEADS + head) * VALUES + column${w}] = o${w} * factor;
  }
#end
}
