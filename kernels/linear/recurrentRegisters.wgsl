// The recurrence itself, token by token: S ← D S, S += φ(k) vᵀ or β k (v − Sᵀk)ᵀ, o = scale · Sᵀ φ(q). PARTS neighbouring threads own VALUE_WIDTHS
// columns of S, each PART_QUADS vec4s of keys in registers, and add up what they read. The delta rule asks a column twice, for what stands under k and,
// old, for q: o = Sᵀq + (k·q) u. Keys and queries are loaded once per subgroup and broadcast, or staged in workgroup memory where subgroups are not all
// of one size. A long text is parted: each dispatch goes on from the state that the one before has left.
#if RESUMES
#if PARTED
fn stateBefore(at: u32) -> f32 { return state[at]; }
#else
fn stateBefore(at: u32) -> f32 { return initialState[at]; }
#end
#if NORMALIZED
#if PARTED
fn zFrom(at: u32) -> vec4f { return zBefore[at]; }
#else
fn zFrom(at: u32) -> vec4f { return initialZ[at]; }
#end
#end
#end
#if SHARED_COLUMNS
#if BROADCAST
fn added(x: vec4f) -> vec4f {
  var sum = x;
#each i PART_STEPS
  sum += subgroupShuffleXor(sum, 1u << ${i}u);
#end
  return sum;
}
#else
var<workgroup> shares: array<vec4f, THREADS>;
fn added(x: vec4f, thread: u32) -> vec4f {
  workgroupBarrier();
  shares[thread] = x;
  workgroupBarrier();
  var sum = vec4f(0.0);
  for (var i = 0u; i < PARTS; i++) { sum += shares[thread / PARTS * PARTS + i]; }
  return sum;
}
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
  let tokens = arrayLength(&o) / (grid.z * VALUES);
#if PARTED
  let begin = position[group.z];
  let end = min(begin + PART_TOKENS, tokens);
#else
  let begin = 0u;
  let end = tokens;
#end
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
#if BROADCAST
  // Lanes that share a column are neighbours within their subgroup, whatever threads these are.
  let slot = subgroupMin(thread) + lane;
#else
  let slot = thread;
#end
  let quad0 = slot % PARTS * PART_QUADS;
#if BROADCAST
  // The quads that this lane loads for those of its part.
#each b LANE_BLOCKS
  let own${b} = quad0 + ${b}u * PART_LANES + lane / PARTS;
  let owns${b} = ${b}u * PART_LANES + lane / PARTS < PART_QUADS && own${b} < KEY_QUADS;
#end
#end
#each w VALUE_WIDTHS
  let column${w} = (group.x * VALUE_WIDTHS + ${w}u) * (THREADS / PARTS) + slot / PARTS;
  // Threads past the last column load some column that exists and never store.
  let at${w} = min(column${w}, VALUES - 1u);
  let state${w} = group.z * KEYS * VALUES + at${w};
#each i PART_QUADS
  var s${w}_${i} = vec4f(0.0);
#if RESUMES
  if (quad0 + ${i}u < KEY_QUADS) {
    let first = state${w} + (quad0 + ${i}u) * 4u * VALUES;
    s${w}_${i} = vec4f(stateBefore(first), stateBefore(first + VALUES), stateBefore(first + 2u * VALUES), stateBefore(first + 3u * VALUES));
  }
#end
#end
#end
#if NORMALIZED
#if BROADCAST
#each b LANE_BLOCKS
  var z${b} = vec4f(0.0);
#if RESUMES
  if (owns${b}) { z${b} = zFrom(group.z * KEY_QUADS + own${b}); }
#end
#end
#else
#each i PART_QUADS
  var z${i} = vec4f(0.0);
#if RESUMES
  if (quad0 + ${i}u < KEY_QUADS) { z${i} = zFrom(group.z * KEY_QUADS + quad0 + ${i}u); }
#end
#end
#end
#end

  for (var token = begin; token < end; token++) {
    let inputAt = (batch * tokens + token) * HEADS + head;
#if BROADCAST
#each b LANE_BLOCKS
    let kAt${b} = inputAt * KEY_QUADS + min(own${b}, KEY_QUADS - 1u);
    let k${b} = select(vec4f(0.0), featured(vec4f(k[kAt${b}])), owns${b});
    let q${b} = select(vec4f(0.0), featured(vec4f(q[kAt${b}])), owns${b});
#if PER_CHANNEL
    let g${b} = exp(g[kAt${b}]);
#end
#end
#else
    workgroupBarrier();
    for (var i = thread; i < PARTS * PART_QUADS; i += THREADS) {
#if PADDED
      if (i >= KEY_QUADS) {
        keys[i] = vec4f(0.0);
        queries[i] = vec4f(0.0);
#if PER_CHANNEL
        decays[i] = vec4f(0.0);
#end
        continue;
      }
#end
      keys[i] = featured(vec4f(k[inputAt * KEY_QUADS + i]));
      queries[i] = featured(vec4f(q[inputAt * KEY_QUADS + i]));
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
    z${b} += k${b};
    share += dot(z${b}, q${b});
#end
    let factor = 1.0 / (subgroupAdd(share) + LEAST_DENOMINATOR);
#else
#each i PART_QUADS
    z${i} += keys[quad0 + ${i}u];
    share += dot(z${i}, queries[quad0 + ${i}u]);
#end
#if SHARED_COLUMNS
    let factor = 1.0 / (added(vec4f(share), thread).x + LEAST_DENOMINATOR);
#else
    let factor = 1.0 / (share + LEAST_DENOMINATOR);
#end
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
    let v${w} = vec4f(f32(v[inputAt * VALUES + at${w}]));
    var o${w} = vec4f(0.0);
#if DELTA
    var p${w} = vec4f(0.0);
#end
#end
#each i PART_QUADS
#if BROADCAST
    let x${i} = subgroupShuffle(k${i / PART_LANES}, ${i % PART_LANES}u * PARTS + lane % PARTS);
    let y${i} = subgroupShuffle(q${i / PART_LANES}, ${i % PART_LANES}u * PARTS + lane % PARTS);
#else
    let x${i} = keys[quad0 + ${i}u];
    let y${i} = queries[quad0 + ${i}u];
#end
#if DECAYS
#if PER_CHANNEL
#if BROADCAST
    let d${i} = subgroupShuffle(g${i / PART_LANES}, ${i % PART_LANES}u * PARTS + lane % PARTS);
#else
    let d${i} = decays[quad0 + ${i}u];
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
#each w VALUE_WIDTHS
#if DELTA
    var sums${w} = vec4f(o${w}.x + o${w}.y + o${w}.z + o${w}.w, p${w}.x + p${w}.y + p${w}.z + p${w}.w, kq.x + kq.y + kq.z + kq.w, 0.0);
#else
    var sums${w} = vec4f(o${w}.x + o${w}.y + o${w}.z + o${w}.w, 0.0, 0.0, 0.0);
#end
#if SHARED_COLUMNS
#if BROADCAST
    sums${w} = added(sums${w});
#else
    sums${w} = added(sums${w}, thread);
#end
#end
#end
#if DELTA
    let share = beta[inputAt];
#each w VALUE_WIDTHS
    let u${w} = share * (v${w}.x - sums${w}.y);
    sums${w}.x += sums${w}.z * u${w};
#each i PART_QUADS
    s${w}_${i} = fma(x${i}, vec4f(u${w}), s${w}_${i});
#end
#end
#end
#each w VALUE_WIDTHS
    if (column${w} < VALUES && quad0 == 0u) {
      o[((batch * tokens + token) * HEADS + head) * VALUES + column${w}] = Stored(sums${w}.x * factor);
    }
#end
  }

#each w VALUE_WIDTHS
  if (column${w} < VALUES) {
#each i PART_QUADS
#if PADDED
    if (quad0 + ${i}u < KEY_QUADS) {
#else
    {
#end
      let to = state${w} + (quad0 + ${i}u) * 4u * VALUES;
      state[to] = s${w}_${i}.x;
      state[to + VALUES] = s${w}_${i}.y;
      state[to + 2u * VALUES] = s${w}_${i}.z;
      state[to + 3u * VALUES] = s${w}_${i}.w;
    }
#end
  }
#end
#if NORMALIZED
#if BROADCAST
  let leads = group.x == 0u && subgroupMin(thread) == 0u;
#each b LANE_BLOCKS
  if (leads && owns${b}) {
    z[group.z * KEY_QUADS + own${b}] = z${b};
  }
#end
#else
  if (group.x == 0u && thread < PARTS) {
#each i PART_QUADS
#if PADDED
    if (quad0 + ${i}u < KEY_QUADS) { z[group.z * KEY_QUADS + quad0 + ${i}u] = z${i}; }
#else
    z[group.z * KEY_QUADS + quad0 + ${i}u] = z${i};
#end
#end
  }
#end
#end
}
