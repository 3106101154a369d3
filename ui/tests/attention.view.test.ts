/** Attention: each kind of question with each of its outcomes, where the focus goes, and what can be taken back. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { undoing } from "../src/lib/model";
import { settled } from "../src/lib/attention/settled.svelte";
import type { Chosen, Concern } from "../src/lib/types";
import * as c from "./fixtures/concerns";
import { words } from "./fixtures/words";
import { open, resize, settle, type Window } from "./open";
import { refused, type Scene } from "./program";

const say = words("en");
let shown: Window | null = null;
beforeEach(() => settled.reopen([...settled.hidden()]));
afterEach(async () => {
  await shown?.close();
  shown = null;
});

async function begin(
  concerns: Concern[],
  more: Partial<Scene> = {},
  size: "usual" | "small" = "usual",
): Promise<Window> {
  await resize(size);
  shown = await open(c.attention(say, concerns, more), { at: "#attention" });
  return shown;
}

const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
const asked = (name: string) => shown?.asked.filter(([one]) => one === name).map(([, args]) => args) ?? [];
const heading = (name: string) => page.getByRole("heading", { level: 2, name });
const option = (name: RegExp) => page.getByRole("option", { name });
const done = (path: string, entry: number | null = 7): Chosen => ({
  done: [{ path, copy: "", reason: null, said: { sentence: `Kept ${path}.`, remedy: null } }],
  entry,
});

test("arrows select, Enter goes into the question, to the answer that harms nobody", async () => {
  await begin([c.signIn(), c.brake(), c.versions("a.md")]);
  await option(/^Sign in again/)
    .element()
    .focus();
  await userEvent.keyboard("{ArrowDown}");
  await settle();
  await expect.element(heading("1,204 files disappeared here")).toBeVisible();
  await expect.element(option(/1,204/)).toHaveFocus();
  await userEvent.keyboard("{Enter}");
  await settle();
  await expect.element(button("Bring them back here")).toHaveFocus();
});

test.each([
  ["Keep both", "both"],
  ["Keep this computer’s", "mine"],
  ["Keep the server’s", "theirs"],
] as const)("“%s” keeps it, goes on to the next question, and is taken back", async (name, choice) => {
  const one = c.versions("a.md");
  await begin([one, c.space()], { choose: done("a.md"), undo: { done: [], entry: null } });
  await option(/^Two versions/).click();
  await button(name).click();
  await settle();
  expect(asked("choose")).toEqual([
    { folder: one.folder, choice, paths: ["a (conflict 2026-11-22 132740 laptop-marie).md"] },
  ]);
  await expect.element(option(/^No room/)).toHaveFocus();
  expect(option(/^Two versions/).query()).toBeNull();
  expect(undoing.last?.sentence).toBe("Kept a.md.");
  await userEvent.keyboard("{Control>}z{/Control}");
  await settle();
  expect(asked("undo")).toEqual([{ folder: one.folder, entry: 7 }]);
  await expect.element(option(/^Two versions/)).toHaveFocus();
});

test("after the last one the focus is on the heading of the view", async () => {
  await begin([c.versions("a.md")], { choose: done("a.md") });
  await button("Keep both").click();
  await settle();
  await expect.element(page.getByRole("heading", { level: 1, name: "Attention" })).toHaveFocus();
  await expect.element(page.getByText("Nothing needs you", { exact: true })).toBeVisible();
});

test("of several versions the next one is opened, and the focus is on its heading", async () => {
  await begin([c.versionsOf([c.conflict("a.md"), c.conflict("b.md")])], { choose: done("a.md") });
  await button("Keep both").click();
  await settle();
  await expect.element(heading("Two versions of b.md")).toHaveFocus();
});

test("what is not done stays, with the reason", async () => {
  const said = { sentence: "One of the files changed meanwhile.", remedy: null };
  await begin([c.versions("a.md")], {
    choose: { done: [{ path: "a.md", copy: "", reason: "changed", said }], entry: null },
  });
  await button("Keep both").click();
  await expect.element(page.getByRole("alert")).toMatchTextContent(said.sentence);
  expect(undoing.last).toBeNull();
});

test("what cannot be taken back any more is said", async () => {
  const said = { sentence: "It was changed since.", remedy: null };
  await begin([c.versions("a.md")], {
    choose: done("a.md"),
    undo: { done: [{ path: "a.md", copy: "", reason: "changed", said }], entry: null },
  });
  await button("Keep both").click();
  await settle();
  await button("Undo").click();
  await expect.element(page.getByRole("alert")).toMatchTextContent(said.sentence);
});

test("the version of another computer is called after it, never this one’s", async () => {
  await begin([c.versions("a.md", { ours: false, by: "Lab desktop" })], { choose: done("a.md") });
  await button("Keep the version of Lab desktop").click();
  expect(asked("choose")).toHaveLength(1);
  expect(page.getByText("This computer", { exact: true }).query()).toBeNull();
});

test("lines say in words how they differ", async () => {
  await begin([c.versions("a.md")]);
  await expect.element(page.getByRole("cell", { name: "changed: We took 48 cores, 30 cm deep," })).toBeVisible();
  await expect.element(page.getByRole("cell", { name: "only here: Cores were frozen at −80 °C." })).toBeVisible();
  await expect
    .element(page.getByRole("cell", { name: "only on the server: See the appendix for the code." }))
    .toBeInTheDocument();
});

test("a rule for many is seen before it runs, runs once a choice, and is taken back as one", async () => {
  let entry = 40;
  const program = await begin([c.manyVersions()], {
    choose: (({ paths }: { paths: string[] }): Chosen => ({
      done: paths.map((copy) => ({
        path: copy.replace(/ \(conflict [^)]*\)/, ""),
        copy,
        reason: null,
        said: { sentence: "Kept.", remedy: null },
      })),
      entry: (entry += 1),
    })) as never,
    undo: { done: [], entry: null },
  });
  await button("One rule for all 9…").click();
  const dialog = page.getByRole("dialog");
  await expect
    .element(dialog.getByRole("status"))
    .toMatchTextContent("4 keep this computer’s version, 4 the server’s.");
  await expect.element(dialog.getByRole("status")).toMatchTextContent("the dates do not tell: 1 file.");
  expect(asked("choose")).toEqual([]);
  await dialog.getByRole("radio", { name: "The server’s" }).click();
  await expect
    .element(dialog.getByRole("status"))
    .toMatchTextContent("0 keep this computer’s version, 9 the server’s.");
  await dialog.getByRole("radio", { name: /^The newest/ }).click();
  await dialog.getByRole("button", { name: "Settle 8 files" }).click();
  await settle();
  expect(asked("choose").map(({ choice, paths }) => [choice, (paths as string[]).length])).toEqual([
    ["mine", 4],
    ["theirs", 4],
  ]);
  await expect.element(heading("Two versions of map.svg")).toBeVisible();
  await button("Undo").click();
  await vi.waitFor(() => expect(asked("undo").map((one) => one["entry"])).toEqual([42, 41]));
  expect(program.unknown).toEqual([]);
});

test.each([
  ["Bring them back here", "restore"],
  ["Delete them on the server", "delete"],
] as const)("“%s” answers the many deletions", async (name, answer) => {
  const one = c.brake();
  await begin([one]);
  await expect.element(page.getByText(/Its trash keeps them for 30 days/)).toBeVisible();
  await button(name).click();
  await settle();
  expect(asked("answerBrake")).toEqual([{ folder: one.folder, side: "remote", answer, asked: "these" }]);
});

test("Enter never deletes, the space bar does", async () => {
  await begin([c.brake()]);
  const deletes = button("Delete them on the server");
  deletes.element().focus();
  await userEvent.keyboard("{Enter}");
  await settle();
  expect(asked("answerBrake")).toEqual([]);
  await expect.element(page.getByText("Enter does not delete. Press the space bar.")).toBeVisible();
  await userEvent.keyboard(" ");
  await vi.waitFor(() => expect(asked("answerBrake")).toHaveLength(1));
});

test("without a trash it is asked once more, number and name repeated, the focus on what is safe", async () => {
  await begin([c.brake({ has_trash: false, kept_days: null })]);
  await button("Delete them on the server").click();
  const dialog = page.getByRole("alertdialog");
  await expect.element(dialog).toMatchTextContent("Delete 1,204 files of Field data 2026 on the server for good?");
  await expect.element(dialog.getByRole("button", { name: "Keep them" })).toHaveFocus();
  await userEvent.keyboard("{Enter}");
  await settle();
  expect(asked("answerBrake")).toEqual([]);
  await button("Delete them on the server").click();
  dialog.getByRole("button", { name: "Delete for good" }).element().focus();
  await userEvent.keyboard("{Enter}");
  await settle();
  expect(asked("answerBrake")).toEqual([]);
  await userEvent.keyboard(" ");
  await vi.waitFor(() => expect(asked("answerBrake")).toHaveLength(1));
});

test("days are promised only if the server told them", async () => {
  await begin([c.brake({ kept_days: null })]);
  await expect.element(page.getByText(/for a time that it does not tell/)).toBeVisible();
});

test("a name is checked while it is typed, and taken only if it can be", async () => {
  const one = c.name("Why?.md", "Why.md");
  await begin([one], {
    checkName: (({ name }: { name: string }) => ({
      fits: name !== "taken.md",
      said: name === "taken.md" ? { sentence: "It is there already.", remedy: null } : null,
    })) as never,
  });
  await expect.element(page.getByText("This name works on this computer and on the server.")).toBeVisible();
  const field = page.getByRole("textbox", { name: "New name, for everyone" });
  field.element().focus();
  await field.fill("taken.md");
  await expect.element(page.getByRole("alert")).toMatchTextContent("It is there already.");
  await userEvent.keyboard("{Enter}");
  expect(asked("rename")).toEqual([]);
  await field.fill("Because.md");
  await expect.element(page.getByText("This name works on this computer and on the server.")).toBeVisible();
  await userEvent.keyboard("{Enter}");
  await vi.waitFor(() =>
    expect(asked("rename")).toEqual([{ folder: one.folder, path: "Why?.md", side: "remote", name: "Because.md" }]),
  );
  await settle();
  await button("Undo").click();
  await vi.waitFor(() =>
    expect(asked("rename").at(-1)).toEqual({ folder: one.folder, path: "Because.md", side: "remote", name: "Why?.md" }),
  );
});

test("others with the same fault are renamed at once, and back again at once", async () => {
  await begin([c.names()]);
  await button("Rename all 4 like this").click();
  await settle();
  expect(asked("rename")).toHaveLength(4);
  await button("Undo").click();
  await vi.waitFor(() => expect(asked("rename")).toHaveLength(8));
});

test("a new name is taken back in its own folder, whatever is open by then", async () => {
  const one = c.name("Why?.md", "Why.md");
  const other = { ...c.name("con.txt", "con_.txt"), folder: "/data/Elsewhere" };
  await begin([one, other]);
  await option(/Why\?\.md/).click();
  await button("Rename").click();
  await settle();
  await expect.element(page.getByRole("heading", { level: 2, name: /con\.txt/ })).toBeVisible();
  await button("Undo").click();
  await vi.waitFor(() => expect(asked("rename")).toHaveLength(2));
  expect(asked("rename").map(({ folder }) => folder)).toEqual([one.folder, one.folder]);
});

test("a name that is left out is a rule, which is taken back without the rules of others", async () => {
  const folder = [["raw/"], ["raw/", "/Why?.md"], ["raw/", "/Why?.md", "later/"]];
  let read = -1;
  const rules = () => ({ built_in: [], everywhere: [], account: [], file: [], folder: folder[(read += 1)] ?? [] });
  await begin([c.name("Why?.md", "Why.md")], { rules });
  await button("Leave it on the server only").click();
  await settle();
  await button("Undo").click();
  await vi.waitFor(() => expect(asked("setRules")).toHaveLength(1));
  expect(asked("setRules")[0]).toMatchObject({ lines: ["raw/", "later/"] });
});

test("signing in has one field, keeps what was typed if it is refused, and says why beside it", async () => {
  let right = false;
  await begin([c.signIn()], {
    signInAgain: () => {
      if (!right) throw refused("No.", { code: "sign-in" });
      return undefined;
    },
  });
  const field = page.getByLabelText("Password", { exact: true });
  expect(document.querySelectorAll("main input")).toHaveLength(1);
  await button("Sign in").click();
  await expect.element(page.getByRole("alert")).toMatchTextContent("Type your password.");
  expect(asked("signInAgain")).toEqual([]);
  await field.fill("secret");
  await userEvent.keyboard("{Enter}");
  await expect.element(page.getByRole("alert")).toMatchTextContent("The server does not accept this password");
  await expect.element(field).toHaveValue("secret");
  await expect.element(field).toHaveFocus();
  right = true;
  await userEvent.keyboard("{Enter}");
  await settle();
  await expect.element(page.getByText("Nothing needs you", { exact: true })).toBeVisible();
});

test("the browser’s way waits, and is given up with Cancel", async () => {
  await begin([c.signIn()], {
    signInAgainByBrowser: { id: "b1", url: "https://cloud.labo-example.org/flow", minutes: 20 },
    browserSignedIn: () => new Promise(() => {}),
  });
  await button("Sign in in the browser").click();
  await expect.element(page.getByText(/valid for 20 minutes/)).toBeVisible();
  await button("Open it again").click();
  expect(asked("openPage")).toEqual([{ url: "https://cloud.labo-example.org/flow" }]);
  await button("Cancel").click();
  await vi.waitFor(() => expect(asked("cancelBrowser")).toEqual([{ id: "b1" }]));
  await expect.element(page.getByLabelText("Password", { exact: true })).toBeVisible();
});

test("a certificate is trusted only after a question that repeats host and fingerprint", async () => {
  await begin([c.certificate(c.FINGERPRINT)]);
  await button("Trust it…").click();
  const dialog = page.getByRole("alertdialog");
  await expect.element(dialog).toMatchTextContent("Trust this certificate for cloud.labo-example.org?");
  await expect.element(dialog).toMatchTextContent("4F:A0:C7");
  await expect.element(dialog.getByRole("button", { name: "Do not connect" })).toHaveFocus();
  await dialog.getByRole("button", { name: "Trust for this server only" }).click();
  await vi.waitFor(() =>
    expect(asked("trustCertificate")).toEqual([{ account: "research", fingerprint: c.FINGERPRINT }]),
  );
});

test("a certificate that changed cannot be trusted here", async () => {
  await begin([c.certificate(null)]);
  expect(button("Trust it…").query()).toBeNull();
});

test("a gate opens on an answer", async () => {
  const one = c.gate("remote-root-changed", say);
  await begin([one]);
  await button("Compare and unite").click();
  await vi.waitFor(() => expect(asked("answerGate")).toEqual([{ folder: one.folder, gate: "remote-root-changed" }]));
});

test("a folder that was moved by hand is taken at its new place", async () => {
  const one = c.gate("folder-missing", say);
  await begin([one], { pickFolder: "/media/marie/BIG/Field" });
  await button("The folder moved…").click();
  await vi.waitFor(() => expect(asked("relocate")).toEqual([{ folder: one.folder, to: "/media/marie/BIG/Field" }]));
});

test("a file that waits says why, when, and what helps; its details are behind a word", async () => {
  await begin([c.files(say, ["film.mov"])]);
  await expect.element(heading("film.mov waits")).toBeVisible();
  await expect.element(page.getByText("It is larger than the server accepts.")).toBeVisible();
  await expect.element(page.getByText(/^Next try: /)).toBeVisible();
  await page.getByText("Details").click();
  await expect.element(page.getByText(/cause: too-large/)).toBeVisible();
  await button("Look again").click();
  await vi.waitFor(() => expect(asked("sync")).toHaveLength(1));
});

test.each([
  ["Leave it on the server", [], ["Films"]],
  ["Keep it on this computer", ["Films"], []],
] as const)("a large new folder: “%s”, and back", async (name, tick, untick) => {
  const one = c.large(say);
  await begin([one]);
  await button(name).click();
  await settle();
  expect(asked("select")).toEqual([{ folder: one.folder, tick, untick, keep: false }]);
  await button("Undo").click();
  await vi.waitFor(() =>
    expect(asked("select").at(-1)).toEqual({ folder: one.folder, tick: untick, untick: tick, keep: false }),
  );
});

test("files that were overwritten in masses have two outcomes, too", async () => {
  await begin([c.brake({ overwritten: true })]);
  await expect.element(heading("1,204 files were overwritten here")).toBeVisible();
  await button("Bring the server’s back here").click();
  await vi.waitFor(() => expect(asked("answerBrake")).toMatchObject([{ answer: "restore", asked: "these" }]));
});

test("what keeps a whole folder still is looked at again", async () => {
  await begin([c.stopped(say)]);
  await button("Look again").click();
  await vi.waitFor(() => expect(asked("sync")).toHaveLength(1));
});

test("what is refused is said where it was asked", async () => {
  await begin([c.brake()], {
    answerBrake: () => {
      throw refused("Somebody else has just answered.", { details: "E17" });
    },
  });
  await button("Bring them back here").click();
  await expect.element(page.getByRole("alert")).toMatchTextContent("Somebody else has just answered.");
  await expect.element(heading("1,204 files disappeared here")).toBeVisible();
});

test("in a small window there is the list, or one question with a way back", async () => {
  await begin([c.signIn(), c.brake()], {}, "small");
  expect(heading("Sign in again to Research Cloud").query()).toBeNull();
  await option(/1,204/).click();
  await settle();
  await expect.element(button("Bring them back here")).toHaveFocus();
  expect(page.getByRole("listbox").query()).toBeNull();
  await button("All that needs you").click();
  await settle();
  await expect.element(option(/1,204/)).toHaveFocus();
});

test("a notification opens its own entry", async () => {
  const program = await begin([c.signIn(), c.manyVersions()]);
  await program.tell("goto", { view: "attention", id: "conflict" });
  await settle();
  await expect.element(heading("Two versions of analysis.R")).toBeVisible();
});

test("of thousands of files with one cause the list is asked for once, and each can be left out", async () => {
  let read = -1;
  const rules = () => ({ built_in: [], everywhere: [], account: [], file: [], folder: (read += 1) ? ["/b"] : [] });
  const all = Array.from({ length: 300 }, (_, at) => `${String(at).padStart(4, "0")}.tif`);
  const one = c.files(say, all.slice(0, 20), 10_000);
  await begin([one], { rules, concernFiles: { files: all, more: true } });
  await expect.element(option(/10,000 files wait/)).toMatchTextContent("0000.tif and 9,999 others");
  await expect.element(page.getByText("and 9,700 more")).toBeInTheDocument();
  expect(asked("concernFiles")).toEqual([{ folder: one.folder, id: one.id }]);
  await button("0250.tif").click();
  await expect.element(page.getByRole("heading", { level: 3, name: "0250.tif" })).toBeVisible();
  await button("Leave it out").click();
  await settle();
  expect(asked("leaveOut")).toEqual([{ folder: one.folder, path: "0250.tif" }]);
  await expect.element(heading("9,999 files wait")).toBeVisible();
  await expect.element(page.getByRole("heading", { level: 3, name: "0251.tif" })).toBeVisible();
});
