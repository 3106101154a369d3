/** The sign of each kind of question. */
import CloudAlert from "@lucide/svelte/icons/cloud-alert";
import FileClock from "@lucide/svelte/icons/file-clock";
import FolderDown from "@lucide/svelte/icons/folder-down";
import HardDrive from "@lucide/svelte/icons/hard-drive";
import KeyRound from "@lucide/svelte/icons/key-round";
import OctagonPause from "@lucide/svelte/icons/octagon-pause";
import PencilLine from "@lucide/svelte/icons/pencil-line";
import ShieldAlert from "@lucide/svelte/icons/shield-alert";
import Split from "@lucide/svelte/icons/split";
import Trash2 from "@lucide/svelte/icons/trash-2";
import type { Kind } from "../../lib/attention/questions";

export const ICONS = {
  brake: Trash2,
  certificate: ShieldAlert,
  conflict: Split,
  disk: HardDrive,
  file: FileClock,
  gate: OctagonPause,
  large: FolderDown,
  name: PencilLine,
  "sign-in": KeyRound,
  space: CloudAlert,
  stopped: OctagonPause,
} satisfies Record<Kind, unknown>;

/** Nothing of their folder goes on until they are answered. */
export const STOPPED: Kind[] = ["sign-in", "certificate", "stopped", "gate"];
