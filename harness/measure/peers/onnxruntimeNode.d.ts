/** What of onnxruntime-node 1.30 is used here: the package is optional, and so are its own types. */
declare module "onnxruntime-node" {
  export interface Tensor {
    readonly data: Float32Array;
    dispose(): void;
  }
  export interface InferenceSession {
    run(feeds: Readonly<Record<string, Tensor>>, fetches: readonly string[]): Promise<Readonly<Record<string, Tensor>>>;
    release(): Promise<void>;
  }
  export interface SessionOptions {
    readonly executionProviders: readonly { readonly name: "webgpu"; readonly validationMode: "disabled" }[];
    readonly graphOptimizationLevel: "disabled";
    readonly logSeverityLevel: 0 | 1 | 2 | 3 | 4;
    readonly extra: { readonly session: Readonly<Record<string, string>> };
  }
  export const InferenceSession: { create(model: Uint8Array, options: SessionOptions): Promise<InferenceSession> };
  export const env: { readonly versions: { readonly node?: string } };
}
