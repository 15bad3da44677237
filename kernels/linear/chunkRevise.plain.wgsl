// Behind the delta rule's scan on GPUs: U = U₀ − W S of every chunk, S its state before it. TOKENS × TILE values a workgroup, 4 × 4 of them a thread, PANEL keys at a time staged in
// workgroup memory.
@group(0) @binding(0) var<storage, read> erased: array<vec4f>; // W [batch, token, head, key / 4]
@group(0) @binding(1) var<storage, read> chunkStates: array<vec4f>; // S before each chunk [batch, head, chunk, key, value / 4]
@group(0) @binding(2) var<storage, read_write> written: array<vec4f>; // U₀, then U [batch, token, head, value / 4]

const SIDE = TILE / 4u; // threads along the values
const DOWN = TOKENS / 4u; // threads along the tokens
const THREADS = SIDE * DOWN;
const PANEL_QUADS = PANEL / 4u;
var<workgroup> left: array<vec4f, TOKENS * PANEL_QUADS>; // W [token, key / 4]
var<workgroup> right: array<vec4f, PANEL * SIDE>; // S [key, value / 4]

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tokens = arrayLength(&erased) / (grid.z * KEY_QUADS);
  let base = group.z / HEADS * tokens * HEADS + group.z % HEADS; // + token × HEADS: a row of erased and written
  let token0 = group.y * CHUNK + group.x / COLUMN_TILES * TOKENS;
  if (token0 >= tokens) { return; }
  // PANEL_QUADS, but no compiler knows: a loop of a constant length is unrolled by some (Mesa), which takes them seconds.
  let panelQuads = PANEL_QUADS * min(grid.z, 1u);
  let end = min(min(token0 + TOKENS, (group.y + 1u) * CHUNK), tokens);
  let quad0 = group.x % COLUMN_TILES * SIDE;
  let row = thread / SIDE;
  let column = thread % SIDE;
#each r 4
  var s${r} = vec4f(0.0);
#end
  for (var key0 = 0u; key0 < KEYS; key0 += PANEL) {
    workgroupBarrier();
    for (var i = thread; i < TOKENS * PANEL_QUADS; i += THREADS) {
      let token = token0 + i / PANEL_QUADS;
      let keyQuad = key0 / 4u + i % PANEL_QUADS;
      var x = vec4f(0.0);
      if (token < end && keyQuad < KEY_QUADS) { x = erased[(base + token * HEADS) * KEY_QUADS + keyQuad]; }
      left[i] = x;
    }
    for (var i = thread; i < PANEL * SIDE; i += THREADS) {
      let key = key0 + i / SIDE;
      let quad = quad0 + i % SIDE;
      var x = vec4f(0.0);
      if (key < KEYS && quad < VALUE_QUADS) { x = chunkStates[((group.z * grid.y + group.y) * KEYS + key) * VALUE_QUADS + quad]; }
      right[i] = x;
    }
    workgroupBarrier();
    for (var i = 0u; i < panelQuads; i++) {
#each c 4
      let b${c} = right[(i * 4u + ${c}u) * SIDE + column];
#end
#each r 4
      {
        let a = left[(row * 4u + ${r}u) * PANEL_QUADS + i];
        s${r} += a.x * b0 + a.y * b1 + a.z * b2 + a.w * b3;
      }
#end
    }
  }
  if (quad0 + column < VALUE_QUADS) {
#each r 4
    {
      let token = token0 + row * 4u + ${r}u;
      if (token < end) { written[(base + token * HEADS) * VALUE_QUADS + quad0 + column] -= s${r}; }
    }
#end
  }
}
