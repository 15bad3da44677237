// The newest token's place in the text, advanced on the GPU. Two slots, each read by one step and written by the next, keep every
// step free of races: append reads slot 0 and writes slot 1, split reads slot 1, combine reads slot 1 and writes slot 0.
@group(0) @binding(POSITION_BINDING) var<storage, read_write> positions: array<u32>;

fn position() -> u32 { return positions[POSITION_SLOT]; }

fn carryPosition(next: u32) { positions[1u - POSITION_SLOT] = next; }
