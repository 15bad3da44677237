// From one token to the next, without a word from outside: the prompt's next token while there is one, then what was sampled. Written into the text, and back to where
// the first step reads it.
@group(0) @binding(0) var<storage, read> prompt: array<u32>; // [row, PROMPT]
@group(0) @binding(1) var<storage, read> next: array<u32>; // [row]
@group(0) @binding(2) var<storage, read_write> position: array<u32>; // [row]
@group(0) @binding(3) var<storage, read_write> tokens: array<u32>; // [row]
@group(0) @binding(4) var<storage, read_write> text: array<u32>; // [row, LENGTH]

@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) workgroup: vec3u) {
  let row = workgroup.x;
#if RESTARTS
  let at = 0u;
#else
  let at = position[row] + 1u;
#end
  var token = next[row];
  if (at < PROMPT) { token = prompt[row * PROMPT + at]; }
  position[row] = at;
  tokens[row] = token;
  if (at < LENGTH) { text[row * LENGTH + at] = token; }
}
