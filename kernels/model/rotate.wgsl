// Rotary positions, in place: channels i and i + HEAD_DIM / 2 of each head turn by position · BASE^(−2i / HEAD_DIM) (Su et al. 2021, arXiv 2104.09864).
@group(0) @binding(0) var<storage, read_write> x: array<f32>; // [row, HEADS, HEAD_DIM]
@group(0) @binding(1) var<storage, read> position: array<u32>; // [row]

const HALF = HEAD_DIM / 2u;

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= HEADS * HALF) { return; }
  let i = id.x % HALF;
  let at = (id.y * HEADS + id.x / HALF) * HEAD_DIM + i;
  let angle = f32(position[id.y]) * exp2(-f32(i) * LOG2_BASE / f32(HALF));
  let turned = vec2f(cos(angle), sin(angle));
  let pair = vec2f(x[at], x[at + HALF]);
  x[at] = pair.x * turned.x - pair.y * turned.y;
  x[at + HALF] = pair.x * turned.y + pair.y * turned.x;
}
