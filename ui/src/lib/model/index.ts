export { ask, attempt, begin, model, refusalOf } from "./model.svelte";
export { address, route, type View } from "./route.svelte";
export { undoing, type Undoable } from "./undo.svelte";
export { announcer } from "./announce.svelte";
