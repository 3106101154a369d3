import type { Said, Side, Version } from "./pair";

/** What a person sees of a file before deciding. */
export type Preview =
  | { kind: "text"; text: string; cut: boolean }
  | { kind: "image"; /** A data: URL, at most 1600 px wide. */ data: string; width: number; height: number }
  | { kind: "none" };

/** A file that stands here in two versions. */
export type Conflict = {
  path: string; copy: string; by: string | null; ours: boolean;
  mine: Version; theirs: Version | null; equal: boolean;
};

/** Something whose name cannot be on the other side. */
export type Misnamed = { path: string; bad: string; suggestion: string; other: string | null };

/** One of the files that a question is about, with what is needed to decide it. */
export type Part = string | Misnamed | Conflict;

export type About =
  | { kind: "brake"; side: Side; files: number; sample: string[]; of: number; bytes: number;
      /** They would be overwritten, not deleted. */
      overwritten: boolean;
      /** Names just these files: an answer with it is refused if it is about others by now. */
      asked: string;
      /** Days that the losing side keeps them; null if it has no trash, or does not say. */
      kept_days: number | null; has_trash: boolean }
  /** Files in two versions, decided one by one. Here and below, `sample` has some of `files`: `concernFiles` has all. */
  | { kind: "conflict"; files: number; sample: Conflict[] }
  | { kind: "name"; side: Side;
      /** Why these names cannot be, in one word: windows, server, twin, long, other. */
      reason: string; files: number; sample: Misnamed[] }
  | { kind: "sign-in"; account: string; server: string; browser: boolean }
  | { kind: "gate"; gate: string; /** Comparing both sides opens it. */ compare: boolean }
  | { kind: "certificate"; host: string; issuer: string | null; fingerprint: string | null }
  | { kind: "space"; files: number; bytes: number; free: number | null }
  | { kind: "disk"; bytes: number }
  /** A new folder of the server that is asked about before it is fetched: answered by `select`. */
  | { kind: "large"; path: string; bytes: number }
  /** Something keeps the whole folder still, by the word of `reason` in docs/API.md. */
  | { kind: "stopped"; reason: string }
  /** Files with one cause; `again`: when the first of them is tried again by itself. */
  | { kind: "file"; side: Side | null; cause: unknown; files: number; bytes: number; sample: string[]; again: number | null };

/** One thing that needs somebody: one entry of Attention. */
export type Concern = {
  /** The same for as long as it is the same question. */
  id: string;
  folder: string; account: string;
  since: number;
  said: Said;
  about: About;
};

export type Choice = "mine" | "theirs" | "both";
export type Outcome = { path: string; copy: string; reason: string | null; said: Said };
/** What came of it; `entry` undoes all of it at once. */
export type Chosen = { done: Outcome[]; entry: number | null };

/** Something in the put-aside store. */
export type Aside = {
  folder: string; number: number; path: string; size: number;
  at: number; until: number;
  /** Whether its place is free: else it comes back beside what stands there. */
  place_free: boolean;
};
