// Products of rows with the keys of their chunk that came before them: tril(A Kᵀ) with A the queries, or, STRICT, β times the keys below the diagonal, which
// is the L of the delta rule's system. A pair counts as what is left of the key at the row: e^{G_i − G_j}, of each channel when PER_CHANNEL. Far blocks of
// those split the exponent at the tile's first row, so that neither half is positive; near ones, where nothing lies between, take it pair by pair, as a
// difference of whole steps: after a long fall within the tile two logs are large, and what lies between them may be small.
// ROWS rows × KEY_WIDTHS keys a lane, in the registers of one subgroup.
@group(0) @binding(0) var<storage, read> a: array<Stored>; // queries, or keys [batch, token, head, key]
@group(0) @binding(1) var<storage, read> k: array<StoredQuad>; // [batch, token, head, key / 4]
@group(0) @binding(2) var<storage, read_write> pairs: array<vec4f>; // [batch, head, chunk, row / 4, key of the chunk]
#if STRICT
@group(0) @binding(BETA_BINDING) var<storage, read> beta: array<f32>; // [batch, token, head]
#end
#if DECAYS
@group(0) @binding(DECAY_BINDING) var<storage, read> decay: array<u32>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token] or [2, batch, head, token, key]
#if PER_CHANNEL
@group(0) @binding(DECAY_BINDING + 1) var<storage, read> decayQuads: array<vec4u>; // the same, [2, batch, head, token, key / 4]
#end
#end

const KEY_BLOCK = SUBGROUP * KEY_WIDTHS;

@compute @workgroup_size(SUBGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  // 1, but no compiler knows: a loop of a constant length is unrolled by some (Mesa), which takes them seconds.
  let once = min(grid.x, 1u);
  let tokens = arrayLength(&k) / (grid.z * KEY_QUADS);
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
  let chunk0 = group.y * CHUNK;
  let row0 = chunk0 + group.x * ROWS;
  if (row0 >= tokens) {
    return;
  }
  let base = batch * tokens * HEADS + head; // + token × HEADS: a row of a and k
  let last = min(row0 + ROWS, tokens) - 1u;
#if PER_CHANNEL
  let beginning = group.z * tokens + row0;
  let rest = arrayLength(&decay) / 2u;
  let quadRest = arrayLength(&decayQuads) / 2u;
#end
  // Edges are clamped, not branched around: a row or key past the last is the last once more.
#each r ROW_QUADS
  let rows${r} = min(vec4u(row0 + ${r * 4}u) + vec4u(0u, 1u, 2u, 3u), vec4u(last));
  let aAt${r} = (base + rows${r} * HEADS) * KEYS;
#if PER_CHANNEL
  let decayAt${r} = (group.z * tokens + rows${r}) * KEYS;
#end
#end
  for (var block = 0u; chunk0 + block <= last; block += KEY_BLOCK) {
#if PER_CHANNEL
    let near = chunk0 + block + KEY_BLOCK > row0;
#end
#each w KEY_WIDTHS
    let key${w} = block + ${w}u * SUBGROUP + lane;
    let token${w} = min(chunk0 + key${w}, last);
    let keyAt${w} = (base + token${w} * HEADS) * KEY_QUADS;
#each r ROW_QUADS
    var p${w}_${r} = vec4f(0.0);
#end
#end
    for (var k0 = 0u; k0 < KEYS; k0 += SUBGROUP) {
      let count = min(SUBGROUP, KEYS - k0);
      let channel = min(k0 + lane, KEYS - 1u);
#if PER_CHANNEL
      // Since the tile's beginning steps are few enough to be f32; of a key before that they need not be, as such a fall leaves nothing.
      let begun = i32(decay[beginning * KEYS + channel]);
#each r ROW_QUADS
      var a${r} = vec4f();
      var steps${r} = vec4f();
      var rests${r} = vec4f();
#end
      // The rows of a quad one after another, each behind those before it, since code that loads compiles slowly.
      for (var j = 0u; j < 4u * once; j++) {
#each r ROW_QUADS
        let gAt${r} = decayAt${r}[j] + channel;
        a${r} = vec4f(a${r}.yzw, f32(a[aAt${r}[j] + channel]));
        steps${r} = vec4f(steps${r}.yzw, f32(begun - i32(decay[gAt${r}])) * FALL_STEP);
        rests${r} = vec4f(rests${r}.yzw, bitcast<f32>(decay[rest + gAt${r}]));
#end
      }
      if (!near) {
        let begunRest = bitcast<f32>(decay[rest + beginning * KEYS + channel]);
#each r ROW_QUADS
        a${r} *= exp(steps${r} + (vec4f(begunRest) - rests${r}));
#end
      }
#else
#each r ROW_QUADS
      let a${r} = vec4f(StoredQuad(a[aAt${r}.x + channel], a[aAt${r}.y + channel], a[aAt${r}.z + channel], a[aAt${r}.w + channel]));
#end
#end
      // Neighbouring lanes read rows far apart, so each takes four channels of its row at a time.
      for (var i = 0u; i < count; i += 4u) {
        let quad = (k0 + i) / 4u;
#if PER_CHANNEL
        let begunQuad = vec4i(decayQuads[beginning * KEY_QUADS + quad]);
#end
#each w KEY_WIDTHS
#if PER_CHANNEL
        var b${w} = vec4f(k[keyAt${w} + quad]);
        let hAt${w} = (group.z * tokens + token${w}) * KEY_QUADS + quad;
        let keySteps${w} = vec4f(begunQuad - vec4i(decayQuads[hAt${w}])) * FALL_STEP;
        let keyRests${w} = bitcast<vec4f>(decayQuads[quadRest + hAt${w}]);
#else
        let b${w} = vec4f(k[keyAt${w} + quad]);
#end
#end
#if PER_CHANNEL
        if (near) {
          for (var c = 0u; c < 4u * once; c++) {
#each r ROW_QUADS
            let x${r} = subgroupShuffle(a${r}, i + c);
            let rowSteps${r} = subgroupShuffle(steps${r}, i + c);
            let rowRests${r} = subgroupShuffle(rests${r}, i + c);
#each w KEY_WIDTHS
            // Above the diagonal the difference is positive, and dropped below.
            let between${w}_${r} = (rowSteps${r} - keySteps${w}[c]) + (keyRests${w}[c] - rowRests${r});
            p${w}_${r} = fma(x${r} * b${w}[c], exp(min(between${w}_${r}, vec4f(0.0))), p${w}_${r});
#end
#end
          }
          continue;
        }
        let begunRests = bitcast<vec4f>(decayQuads[quadRest + beginning * KEY_QUADS + quad]);
#each w KEY_WIDTHS
        b${w} *= exp((keyRests${w} - begunRests) - keySteps${w});
#end
#end
#each c 4
#each r ROW_QUADS
#if UNROLLED
        let x${c}_${r} = subgroupBroadcast(a${r}, ${c}u);
#else
        let x${c}_${r} = subgroupShuffle(a${r}, i + ${c}u);
#end
#each w KEY_WIDTHS
        p${w}_${r} = fma(x${c}_${r}, vec4f(b${w}[${c}]), p${w}_${r});
#end
#end
#end
      }
    }
#each r ROW_QUADS
#if DECAYS
#if !PER_CHANNEL
    let rowAt${r} = group.z * tokens + rows${r};
    let restAt${r} = arrayLength(&decay) / 2u + rowAt${r};
    let rowSteps${r} = vec4i(vec4u(decay[rowAt${r}.x], decay[rowAt${r}.y], decay[rowAt${r}.z], decay[rowAt${r}.w]));
    let rowRest${r} = bitcast<vec4f>(vec4u(decay[restAt${r}.x], decay[restAt${r}.y], decay[restAt${r}.z], decay[restAt${r}.w]));
#end
#end
#if STRICT
    let betaAt${r} = base + rows${r} * HEADS;
    let share${r} = vec4f(beta[betaAt${r}.x], beta[betaAt${r}.y], beta[betaAt${r}.z], beta[betaAt${r}.w]);
#end
#end
#each w KEY_WIDTHS
#if DECAYS
#if !PER_CHANNEL
    let keySteps${w} = vec4i(i32(decay[group.z * tokens + token${w}]));
    let keyRest${w} = vec4f(bitcast<f32>(decay[arrayLength(&decay) / 2u + group.z * tokens + token${w}]));
#end
#end
#each r ROW_QUADS
#if DECAYS
#if !PER_CHANNEL
    p${w}_${r} *= exp(min(vec4f(keySteps${w} - rowSteps${r}) * FALL_STEP + (keyRest${w} - rowRest${r}), vec4f(0.0)));
#end
#end
#if STRICT
    p${w}_${r} = select(vec4f(0.0), p${w}_${r} * share${r}, rows${r} > vec4u(chunk0 + key${w}));
#else
    p${w}_${r} = select(vec4f(0.0), p${w}_${r}, rows${r} >= vec4u(chunk0 + key${w}));
#end
#end
    if (key${w} < CHUNK) {
      let to${w} = ((group.z * grid.y + group.y) * (CHUNK / 4) + group.x * ROW_QUADS) * CHUNK + key${w};
#each r ROW_QUADS
      pairs[to${w} + ${r}u * CHUNK] = p${w}_${r};
#end
    }
#end
  }
}
