/** What is used of it: the types of Node leave WebAssembly to those of browsers. */
declare namespace WebAssembly {
  class Memory {
    constructor(size: { readonly initial: number });
    /** In pages of 64 KiB, all zero. */
    readonly buffer: ArrayBuffer;
  }
  /** Compiled code. */
  type Module = object;
  const Module: new (code: Uint8Array) => Module;
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, Memory>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
}
