// From one token to the next, without a word from outside: what was chosen is written into the text, and to where the first step reads it. WHOLE: all places of the text go
// through again for each token. STOPS: nothing is written behind STOP.
@group(0) @binding(0) var<storage, read> next: array<u32>; // [row]
@group(0) @binding(1) var<storage, read_write> position: array<u32>; // [row], of the newest token
@group(0) @binding(2) var<storage, read_write> tokens: array<u32>; // [row, place]; one place, or all but the last
@group(0) @binding(3) var<storage, read_write> text: array<u32>; // [row, LENGTH]
#if WHOLE
@group(0) @binding(4) var<storage, read_write> lastRows: array<u32>; // [row], of all places of all rows
#end
#if STOPS
@group(0) @binding(ENDED_BINDING) var<storage, read_write> ended: array<u32>; // [row]
#end

@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) workgroup: vec3u) {
  let row = workgroup.x;
  let at = position[row] + 1u;
  let token = next[row];
  position[row] = at;
#if WHOLE
  if (at < PLACES) {
    tokens[row * PLACES + at] = token;
    lastRows[row] = row * PLACES + at;
  }
#else
  tokens[row] = token;
#end
#if STOPS
  if (ended[row] == 0u) { text[row * LENGTH + at] = token; }
  if (token == STOP) { ended[row] = 1u; }
#else
  text[row * LENGTH + at] = token;
#end
}
