fn featured(x: vec4f) -> vec4f {
  return x;
}

fn featuredScalar(x: f32) -> f32 {
  return x;
}
