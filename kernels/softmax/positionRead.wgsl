// The newest token's place in the text, as append left it. Read-only, so that control flow that depends on it is uniform.
@group(0) @binding(POSITION_BINDING) var<storage, read> positions: array<u32>;

fn position() -> u32 { return positions[1]; }
