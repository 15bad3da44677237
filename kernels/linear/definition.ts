import type { Mechanism } from "../mechanism.ts";
const mechanisms: Mechanism[] = [];
export default mechanisms;
