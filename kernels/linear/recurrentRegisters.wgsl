// The recurrence itself, token by token: S ← D S, S += φ(k) vᵀ or β k (v − Sᵀk)ᵀ, o = scale · Sᵀ φ(q). A thread owns VALUE_WIDTHS columns of S in
// registers and needs no other thread's. The delta rule asks a column twice, for what stands under k and, old, for q: o = Sᵀq + (k·q) u. Keys and queries are loaded once per subgroup and broadcast, or staged in workgroup memory where subgroups are not all
// of one size.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) thread: u32,
#if BROADCAST
  @builtin(subgroup_invocation_id) lane: u32,
#end
) {
  let tokens = arrayLength(&o) / (grid.z * VALUES);
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
#each w VALUE_WIDTHS
  let column${w} = (group.x * VALUE_WIDTHS + ${w}u) * THREADS + thread;
  // Threads past the last column load some column that exists and never store.
  let at${w} = min(column${w}, VALUES - 1u);
  let state${w} = group.z * KEYS * VALUES + at${w};
#each i KEY_QUADS
  var s${w}_${i} = vec4f(0.0);
#end
#end
#if NORMALIZED
#if BROADCAST
#each b LANE_BLOCKS
  var z${b} = vec4f(0.0);
#end
#else
#each i KEY_QUADS
  var z${i} = vec4f(0.0);
#end
#end
#end

  for (var token = 0u; token < tokens; token++) {
    let inputAt = (batch * tokens + token) * HEADS + head;
#if BROADCAST
#each b LANE_BLOCKS
    let own${b} = min(${b}u * SUBGROUP + lane, KEY_QUADS - 1u);
    let k${b} = featured(k[inputAt * KEY_QUADS + own${b}]);
    let q${b} = featured(q[inputAt * KEY_QUADS + own${b}]);
#if PER_CHANNEL
    let g${b} = exp(g[inputAt * KEY_QUADS + own${b}]);
#end
#end
#else
    workgroupBarrier();
    for (var i = thread; i < KEY_QUADS; i += THREADS) {
      keys[i] = featured(k[inputAt * KEY_QUADS + i]);
      queries[i] = featured(q[inputAt * KEY_QUADS + i]);
#if PER_CHANNEL
      decays[i] = exp(g[inputAt * KEY_QUADS + i]);
#end
    }
    workgroupBarrier();
#end
#if NORMALIZED
    var share = 0.0;
#if BROADCAST
#each b LANE_BLOCKS
    z${b} += select(vec4f(0.0), k${b}, ${b}u * SUBGROUP + lane < KEY_QUADS);
    share += dot(z${b}, q${b});
#end
    let factor = 1.0 / subgroupAdd(share);
#else
#each i KEY_QUADS
    z${i} += keys[${i}];
    share += dot(z${i}, queries[${i}]);
#end
    let factor = 1.0 / share;
#end
#else
    let factor = f32(SCALE);
#end
#if DECAYS
#if !PER_CHANNEL
#if PER_HEAD
    let decay = vec4f(g[head].x);
#else
    let decay = vec4f(exp(g[inputAt]));
#end
#end
#end
#if DELTA
    var kq = vec4f(0.0);
#end
#each w VALUE_WIDTHS
    let v${w} = vec4f(v[inputAt * VALUES + at${w}]);
    var o${w} = vec4f(0.0);
#if DELTA
    var p${w} = vec4f(0.0);
#end
#end
#each i KEY_QUADS
#if BROADCAST
    let x${i} = subgroupShuffle(k${i / SUBGROUP}, ${i % SUBGROUP}u);
    let y${i} = subgroupShuffle(q${i / SUBGROUP}, ${i % SUBGROUP}u);
#else
    let x${i} = keys[${i}];
    let y${i} = queries[${i}];
#end
#if DECAYS
#if PER_CHANNEL
#if BROADCAST
    let d${i} = subgroupShuffle(g${i / SUBGROUP}, ${i % SUBGROUP}u);
#else
    let d${i} = decays[${i}];
#end
#else
    let d${i} = decay;
#end
#each w VALUE_WIDTHS
    s${w}_${i} *= d${i};
#end
#end
#if DELTA
    kq = fma(x${i}, y${i}, kq);
#each w VALUE_WIDTHS
    p${w} = fma(x${i}, s${w}_${i}, p${w});
    o${w} = fma(y${i}, s${w}_${i}, o${w});
#end
#else
#each w VALUE_WIDTHS
    s${w}_${i} = fma(x${i}, v${w}, s${w}_${i});
    o${w} = fma(y${i}, s${w}_${i}, o${w});
#end
#end
#end
#if DELTA
    let share = beta[inputAt];
    let overlap = kq.x + kq.y + kq.z + kq.w;
#each w VALUE_WIDTHS
    let u${w} = share * (v${w}.x - (p${w}.x + p${w}.y + p${w}.z + p${w}.w));
    o${w}.x += overlap * u${w};
#each i KEY_QUADS
    s${w}_${i} = fma(x${i}, vec4f(u${w}), s${w}_${i});
#end
#end
#end
#each w VALUE_WIDTHS
    if (column${w} < VALUES) {
      o[((batch * tokens + token) * HEADS + head) * VALUES + column${w}] = (o${w}.x + o${w}.y + o${w}.z + o${w}.w) * factor;
    }
#end
  }

#each w VALUE_WIDTHS
  if (column${w} < VALUES) {
#each i KEY_QUADS
    state[state${w} + ${i * 4}u * VALUES] = s${w}_${i}.x;
    state[state${w} + (${i * 4}u + 1u) * VALUES] = s${w}_${i}.y;
    state[state${w} + (${i * 4}u + 2u) * VALUES] = s${w}_${i}.z;
    state[state${w} + (${i * 4}u + 3u) * VALUES] = s${w}_${i}.w;
#end
  }
#end
#if NORMALIZED
#if BROADCAST
  let leads = subgroupMin(thread) == 0u;
#each b LANE_BLOCKS
  if (leads && ${b}u * SUBGROUP + lane < KEY_QUADS) {
    z[group.z * KEY_QUADS + ${b}u * SUBGROUP + lane] = z${b};
  }
#end
#else
  if (thread == 0u) {
#each i KEY_QUADS
    z[group.z * KEY_QUADS + ${i}u] = z${i};
#end
  }
#end
#end
}
