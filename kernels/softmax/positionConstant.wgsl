// The newest token's place in the text: fixed, so that every repetition decodes the same token.
fn position() -> u32 { return CONTEXT; }

fn carryPosition(next: u32) {}
