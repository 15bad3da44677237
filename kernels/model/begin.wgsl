// A text begins with its prompt. WHOLE: all places of the text go through again for each token; those not written yet hold token 0, which no earlier place sees.
@group(0) @binding(0) var<storage, read> prompt: array<u32>; // [row, PROMPT]
@group(0) @binding(1) var<storage, read_write> position: array<u32>; // [row], of the newest token
@group(0) @binding(2) var<storage, read_write> lastRows: array<u32>; // [row], of all places of all rows
@group(0) @binding(3) var<storage, read_write> text: array<u32>; // [row, LENGTH]
#if WHOLE
@group(0) @binding(4) var<storage, read_write> tokens: array<u32>; // [row, PLACES]
#end
#if STOPS
@group(0) @binding(ENDED_BINDING) var<storage, read_write> ended: array<u32>; // [row]
#end

@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) workgroup: vec3u) {
  let row = workgroup.x;
  for (var at = 0u; at < PROMPT; at++) { text[row * LENGTH + at] = prompt[row * PROMPT + at]; }
#if WHOLE
  for (var at = 0u; at < PLACES; at++) { tokens[row * PLACES + at] = 0u; }
  for (var at = 0u; at < PROMPT; at++) { tokens[row * PLACES + at] = prompt[row * PROMPT + at]; }
  lastRows[row] = row * PLACES + PROMPT - 1u;
#else
  lastRows[row] = row * PROMPT + PROMPT - 1u;
#end
  position[row] = PROMPT - 1u;
#if STOPS
  ended[row] = 0u;
#end
}
