/** What a card says, and when: pure. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { language } from "../src/lib/language.svelte";
import { Listener } from "../src/lib/shell/listen.svelte";
import { foot } from "../src/lib/shell/foot";
import { stateOf } from "../src/lib/state";
import type { Left, Moving, PairState } from "../src/lib/types";
import { untilMorning } from "../src/views/home/morning";
import { Rows } from "../src/views/home/moving";
import { common, noticeOf } from "../src/views/home/notice";
import { Steady } from "../src/views/home/steady";
import { stateWords } from "../src/views/home/words";
import { conflict } from "./fixtures/activity";
import { overview, standing, THESIS } from "./fixtures/base";
import { failing, offline } from "./fixtures/scenes";
import { HOUR, MINUTE, NOW, words } from "./fixtures/words";

const say = words("en");
beforeEach(() => {
  vi.stubGlobal("navigator", { languages: ["en-GB"], platform: "" });
  language.choose("en");
});

describe("a state without flicker", () => {
  test("work shows after a second, and stays one", () => {
    const steady = new Steady("up-to-date", 0);
    steady.see("checking", 0);
    expect(steady.at(999)).toBe("up-to-date");
    expect(steady.due(400)).toBe(600);
    steady.see("syncing", 500);
    expect(steady.at(1499)).toBe("up-to-date");
    expect(steady.at(1500)).toBe("syncing");
    steady.see("up-to-date", 1600);
    expect(steady.at(2499)).toBe("syncing");
    expect(steady.at(2500)).toBe("up-to-date");
    expect(steady.due(2500)).toBeNull();
  });

  test("a check without result is never seen", () => {
    const steady = new Steady("up-to-date", 0);
    steady.see("checking", 100);
    steady.see("up-to-date", 700);
    expect(steady.at(5000)).toBe("up-to-date");
  });

  test("what needs somebody shows at once, and so does what stood at first", () => {
    const steady = new Steady("syncing", 0);
    expect(steady.at(0)).toBe("syncing");
    steady.see("stopped", 10);
    expect(steady.at(10)).toBe("stopped");
  });
});

describe("files on their way", () => {
  const file = (path: string, moved = 1): Moving => ({ path, side: "remote", bytes: 10, moved });
  const names = (rows: Rows, at: number) => rows.at(at).map(({ path, ended }) => (ended ? `${path}!` : path));

  test("those that last over a second are shown, three at most, in their order", () => {
    const rows = new Rows();
    rows.see([file("a"), file("b"), file("c"), file("d")], 0);
    expect(names(rows, 999)).toEqual([]);
    expect(names(rows, 1000)).toEqual(["a", "b", "c"]);
    rows.see([file("d"), file("c"), file("b"), file("a")], 1200);
    expect(names(rows, 1300)).toEqual(["a", "b", "c"]);
  });

  test("what has ended stays 600 ms, whole, then the next one takes its place", () => {
    const rows = new Rows();
    rows.see([file("a"), file("b"), file("c"), file("d")], 0);
    rows.at(1000);
    rows.see([file("b"), file("c"), file("d")], 2000);
    expect(names(rows, 2599)).toEqual(["a!", "b", "c"]);
    expect(rows.at(2599)[0]?.moved).toBe(10);
    expect(names(rows, 2600)).toEqual(["b", "c", "d"]);
  });

  test("what ends within a second is never seen", () => {
    const rows = new Rows();
    rows.see([file("a")], 0);
    rows.see([], 900);
    expect(names(rows, 1000)).toEqual([]);
    rows.see([file("a")], 1100);
    expect(names(rows, 1200)).toEqual([]);
  });

  test("what was on its way before the window opened is shown at once", () => {
    const rows = new Rows();
    rows.see([file("a")], 5000, 1000);
    expect(names(rows, 5000)).toEqual(["a"]);
  });
});

describe("the notice of a folder", () => {
  const left = (path: string, sentence = "It is being saved.", blocks = true): Left => ({
    path,
    side: "local",
    again: null,
    cause: "quiet",
    blocks,
    said: { sentence, remedy: "Navette looks again." },
  });

  test("all is well: there is none", () => {
    expect(noticeOf(standing(say), [])).toBeNull();
    expect(
      noticeOf(standing(say, { state: "hindered", reason: "unreachable", said: { sentence: "x", remedy: null } }), []),
    ).toBeNull();
  });

  test("a question is named, and leads to itself", () => {
    const one = standing(say, { state: "needs-you" });
    expect(noticeOf(one, [conflict(say)])).toMatchObject({
      tone: "warn",
      title: "Two versions of methods.md",
      way: { to: "attention", id: "conflict-methods", label: "Answer now" },
    });
    const two = [conflict(say), { ...conflict(say), id: "second" }];
    expect(noticeOf(one, two)?.way).toMatchObject({ to: "attention", id: null });
    expect(noticeOf(one, [{ ...conflict(say), folder: "/elsewhere" }])?.title).toBe(one.said.sentence);
    const ofAccount = { ...conflict(say), id: "space:w", folder: "/elsewhere" };
    expect(noticeOf({ ...one, questions: ["space:w"] }, [ofAccount])?.title).toBe(ofAccount.said.sentence);
  });

  test.each([
    ["folder-missing", "folders"],
    ["sign-in", "attention"],
    ["terms-not-accepted", "page"],
    ["quota", "page"],
    ["server-trouble", "retry"],
  ])("%s has one way out: %s", (reason, to) => {
    const stopped = standing(say, { state: "stopped", reason, said: { sentence: "It is so.", remedy: "Do this." } });
    expect(noticeOf(stopped, [])).toMatchObject({ tone: "stop", title: "It is so.", body: "Do this.", way: { to } });
  });

  test("files that wait for one cause are one notice, with the list behind it", () => {
    const waiting = (all: Left[]) => noticeOf(standing(say, { state: "waiting", left: all }), []);
    expect(waiting([left("a")])).toMatchObject({
      title: "a: It is being saved.",
      body: "Navette looks again.",
      way: null,
    });
    expect(waiting([left("a"), left("b")])).toMatchObject({
      tone: "quiet",
      title: "Waiting: 2 files. It is being saved.",
      way: { to: "list", label: "See all 2" },
    });
    expect(waiting([left("a"), left("b"), left("c", "It is open.")])?.body).toBe("1 of them has another reason.");
    expect(waiting([left("a", "It is a link.", false)])).toBeNull();
  });

  test("what holds up all folders of an account is said once", () => {
    const trouble = {
      state: "hindered",
      reason: "maintenance",
      said: { sentence: "Maintenance.", remedy: "Nothing to do." },
    } as const;
    const both = [standing(say, trouble), standing(say, { ...trouble, folder: "/b" })];
    expect(common(both, [])).toMatchObject({ tone: "quiet", title: "Maintenance." });
    expect(common(both.slice(0, 1), [])).toBeNull();
    expect(common([...both, standing(say, { folder: "/c" })], [])).toBeNull();
    expect(common(offline(say).standings as never, [])).toBeNull();
  });
});

describe("words", () => {
  test("a question that is open goes before all that is well, and not before what goes on", () => {
    const asked = (state: PairState) => stateOf(standing(say, { state, questions: ["conflict:/a"] }));
    expect([asked("up-to-date"), asked("waiting")]).toEqual(["needs-you", "needs-you"]);
    expect(stateOf(standing(say))).toBe("up-to-date");
    for (const state of ["syncing", "checking", "paused", "hindered", "stopped"] as const)
      expect(asked(state)).toBe(state);
  });

  test("every state has some", () => {
    const states: PairState[] = [
      "starting",
      "checking",
      "syncing",
      "up-to-date",
      "waiting",
      "needs-you",
      "paused",
      "hindered",
      "stopped",
    ];
    for (const code of ["en", "fr"]) {
      language.choose(code);
      for (const state of states) expect(stateWords(standing(say, { state }), state, NOW)).not.toBe("");
    }
  });

  test("how long ago it was checked goes on", () => {
    expect(stateWords(standing(say), "up-to-date", NOW)).toBe("Up to date, checked 20\u00a0s ago");
    expect(stateWords(standing(say), "up-to-date", NOW + 5 * MINUTE)).toBe("Up to date, checked 5\u00a0min ago");
  });

  test("the foot has the word of the state and its one fact", () => {
    const at = (mood: Parameters<typeof overview>[1], standings = [standing(say)]) => {
      const { word, more } = foot(overview(say, mood), standings, NOW);
      return `${word}|${more}`;
    };
    expect(at({})).toBe("Up to date|checked 20\u00a0s ago");
    expect(at({}, [standing(say), standing(say, { checked: NOW - HOUR / 2 })])).toBe(
      "Up to date|checked 30\u00a0min ago",
    );
    expect(at({ mood: "syncing", time_left: 250 })).toBe("Syncing|4\u00a0min left");
    expect(at({ mood: "syncing", time_left: null })).toBe("Syncing|null");
    expect(at({ mood: "paused", until: NOW + 25 * MINUTE })).toBe("Paused|until 15:00");
    expect(at({ mood: "offline" }, offline(say).standings as never)).toBe("Offline|since 09:14");
    expect(at({ mood: "needs-you", needing: 3 }, failing(say).standings as never)).toBe("3 need you|the rest goes on");
  });

  test("a pause until tomorrow ends at eight", () => {
    const { at, seconds } = untilMorning(new Date(NOW * 1000));
    expect(new Date(at * 1000).getHours()).toBe(8);
    expect(seconds).toBe(at - NOW);
  });
});

describe("what is said to those who listen", () => {
  test("a change of state at once, the same state every 30 s at most", () => {
    const listener = new Listener();
    const syncing = (headline: string) => overview(say, { mood: "syncing", headline, rest: "" });
    expect(listener.state(syncing("Syncing 3 files"), 0)).toBe("Syncing 3 files");
    expect(listener.state(syncing("Syncing 2 files"), 29)).toBeNull();
    expect(listener.state(syncing("Syncing 1 file"), 30)).toBe("Syncing 1 file");
    expect(listener.state(overview(say, { headline: "All is well", rest: "" }), 31)).toBe("All is well");
    expect(listener.state(overview(say, { headline: "All is well", rest: "" }), 90)).toBeNull();
  });

  test("a new entry of Attention once; those that were there are not new", () => {
    const listener = new Listener();
    const first = conflict(say);
    expect(listener.concerns([first])).toBeNull();
    expect(listener.concerns([first, { ...first, id: "b" }])).toBe("One thing needs you: Two versions of methods.md");
    expect(listener.concerns([first, { ...first, id: "b" }])).toBeNull();
    expect(THESIS).toBe(first.folder);
  });
});
