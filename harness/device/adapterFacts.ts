/** Who answered: what an adapter says of itself. */
export interface AdapterFacts {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** A CPU emulation: WebGPU's isFallbackAdapter, or a driver known to be one. */
  readonly software: boolean;
  readonly subgroupMinSize: number;
  readonly subgroupMaxSize: number;
}

/** No adapter, or one that only pretends: exit code 4 for the command that wanted it. */
export class NoAdapter extends Error {}
