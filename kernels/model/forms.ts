/** What is kept between tokens of a text: keys and values, a state, or nothing, so that all of it goes through again. */
export const keepsCache = "cached";
export const keepsState = "recurrent";
export const keepsNothing = "recompute";
