import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Whether pictures are written, where, and of which states: those whose name has this part. */
    shots: { write: boolean; folder: string; only: string };
  }
}
