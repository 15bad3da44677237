// Rotary positions, in place: channels i and i + HEAD_DIM / 2 of each head turn by position · 10000^(−2i / HEAD_DIM) (Su et al. 2021, arXiv 2104.09864). The turns come
// as a table, as sine and cosine of WGSL may be off by 2⁻¹¹. A thread has one pair of channels of queries, or of keys behind them.
@group(0) @binding(0) var<storage, read_write> q: array<f32>; // [row, HEADS, HEAD_DIM]
@group(0) @binding(1) var<storage, read_write> k: array<f32>; // [row, KV_HEADS, HEAD_DIM]
@group(0) @binding(2) var<storage, read> turns: array<vec2f>; // [row or position, HEAD_DIM / 2] of cosine and sine
#if COUNTED
@group(0) @binding(3) var<storage, read> position: array<u32>; // [row]
#end

const HALF = HEAD_DIM / 2u;

fn turned(pair: vec2f, turn: vec2f) -> vec2f { return vec2f(pair.x * turn.x - pair.y * turn.y, pair.x * turn.y + pair.y * turn.x); }

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let head = id.x / HALF;
  if (head >= HEADS + KV_HEADS) { return; }
  let i = id.x % HALF;
#if COUNTED
  let turn = turns[position[id.y] * HALF + i];
#else
  let turn = turns[id.y * HALF + i];
#end
  if (head < HEADS) {
    let at = (id.y * HEADS + head) * HEAD_DIM + i;
    let pair = turned(vec2f(q[at], q[at + HALF]), turn);
    q[at] = pair.x;
    q[at + HALF] = pair.y;
  } else {
    let at = (id.y * KV_HEADS + head - HEADS) * HEAD_DIM + i;
    let pair = turned(vec2f(k[at], k[at + HALF]), turn);
    k[at] = pair.x;
    k[at + HALF] = pair.y;
  }
}
