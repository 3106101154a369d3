import { empty, failing, firstSync, full, offline, paused, syncing } from "../fixtures/scenes";
import type { Shot } from "./shot";

const scenes = { empty, full, syncing, "first-sync": firstSync, paused, offline, failing };

export const shots: Shot[] = Object.entries(scenes).map(([name, scene]) => ({
  name: `home-${name}`,
  at: "#home",
  scene,
}));
