// Rotary positions, in place: channels i and i + HEAD_DIM / 2 of each head turn by position · 10000^(−2i / HEAD_DIM) (Su et al. 2021, arXiv 2104.09864). The turns come
// as a table, as sine and cosine of WGSL may be off by 2⁻¹¹.
@group(0) @binding(0) var<storage, read_write> x: array<f32>; // [row, HEADS, HEAD_DIM]
@group(0) @binding(1) var<storage, read> turns: array<vec2f>; // [row or position, HEAD_DIM / 2] of cosine and sine
#if COUNTED
@group(0) @binding(2) var<storage, read> position: array<u32>; // [row]
#end

const HALF = HEAD_DIM / 2u;

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= HEADS * HALF) { return; }
  let i = id.x % HALF;
  let at = (id.y * HEADS + id.x / HALF) * HEAD_DIM + i;
#if COUNTED
  let turn = turns[position[id.y] * HALF + i];
#else
  let turn = turns[id.y * HALF + i];
#end
  let pair = vec2f(x[at], x[at + HALF]);
  x[at] = pair.x * turn.x - pair.y * turn.y;
  x[at + HALF] = pair.x * turn.y + pair.y * turn.x;
}
