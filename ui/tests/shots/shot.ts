import type { Language, Words } from "../fixtures/words";
import type { Scene } from "../program";

/**
 * One state of a view that is looked at in both themes and languages and in
 * all sizes. A file of this folder exports `shots: Shot[]`; whichever is there
 * is taken.
 */
export type Shot = {
  /** Names the picture: `home-syncing`. */
  name: string;
  /** The address within the window: `#activity?text=report`. */
  at: string;
  scene: (words: Words, language: Language) => Scene;
  /** What somebody does before it is looked at. */
  act?: () => Promise<void>;
};
