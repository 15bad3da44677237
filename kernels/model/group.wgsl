// Rows that chose the same expert, ROWS at a time: one workgroup counts what each was chosen for, gives every one as many groups as it needs, and writes into them who goes through
// it. Which place a row has within its expert's groups differs from run to run, and what becomes of it does not: no sum goes over rows.
@group(0) @binding(0) var<storage, read> chosen: array<u32>; // [row, ACTIVE]
@group(0) @binding(1) var<storage, read_write> groups: array<u32>; // [group, 1 + ROWS]: an expert, and places in `chosen`

const LINE = ROWS + 1u;
const NONE = 0xffffffffu;

var<workgroup> counts: array<atomic<u32>, EXPERTS>;
var<workgroup> starts: array<u32, EXPERTS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
  let places = arrayLength(&chosen);
  // Runs are measured without the code that Dawn would put here (toggle disable_workgroup_init).
  for (var expert = thread; expert < EXPERTS; expert += THREADS) { atomicStore(&counts[expert], 0u); }
  for (var i = thread; i < arrayLength(&groups); i += THREADS) { groups[i] = NONE; }
  storageBarrier();
  workgroupBarrier();
  for (var place = thread; place < places; place += THREADS) { atomicAdd(&counts[chosen[place]], 1u); }
  workgroupBarrier();
  if (thread == 0u) {
    var next = 0u;
    for (var expert = 0u; expert < EXPERTS; expert++) {
      starts[expert] = next;
      next += (atomicLoad(&counts[expert]) + ROWS - 1u) / ROWS;
    }
  }
  workgroupBarrier();
  for (var expert = thread; expert < EXPERTS; expert += THREADS) {
    let needed = (atomicLoad(&counts[expert]) + ROWS - 1u) / ROWS;
    for (var i = 0u; i < needed; i++) { groups[(starts[expert] + i) * LINE] = expert; }
    atomicStore(&counts[expert], 0u);
  }
  workgroupBarrier();
  for (var place = thread; place < places; place += THREADS) {
    let expert = chosen[place];
    let nth = atomicAdd(&counts[expert], 1u);
    groups[(starts[expert] + nth / ROWS) * LINE + 1u + nth % ROWS] = place;
  }
}
