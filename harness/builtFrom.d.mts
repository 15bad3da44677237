export function builtFrom(folder: string): { readonly commit: string; readonly dirty: boolean; readonly changes: string } | undefined;
