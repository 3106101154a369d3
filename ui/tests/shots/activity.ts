import { busy, quiet } from "../fixtures/activity";
import type { Shot } from "./shot";

export const shots: Shot[] = [
  { name: "activity-full", at: "#activity", scene: busy },
  { name: "activity-empty", at: "#activity", scene: quiet },
  { name: "activity-not-found", at: "#activity?text=transsect&kind=sent", scene: busy },
  { name: "activity-moved", at: "#activity?kind=moved", scene: busy },
];
