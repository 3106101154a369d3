/** Settings: each holds at once and is taken back; what is refused stays as it was. */
import { afterEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { model, route } from "../src/lib/model";
import { rules, settings } from "./fixtures/choices";
import { THESIS } from "./fixtures/base";
import { words } from "./fixtures/words";
import { open, resize, settle, type Window } from "./open";
import { refused, type Scene } from "./program";

const say = words("en");
let shown: Window | null = null;
afterEach(async () => {
  await shown?.close();
  shown = null;
});

async function begin(
  section: string,
  more: Partial<Scene> = {},
  chosen?: Parameters<typeof settings>[2],
): Promise<Window> {
  await resize("usual");
  shown = await open(settings(say, more, chosen), { at: `#settings?section=${section}` });
  return shown;
}
const asked = (name: string) => shown?.asked.filter(([one]) => one === name).map(([, args]) => args) ?? [];
const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });
const pick = async (select: RegExp, item: string | RegExp) => {
  await page.getByRole("combobox", { name: select }).click();
  await page.getByRole("option", { name: item }).click();
  await settle();
};
const sync = { kind: "sync" };

test("a choice for the window holds at once, and is taken back", async () => {
  await begin("general");
  await pick(/^Appearance/, "Dark");
  expect(document.documentElement.dataset["theme"]).toBe("dark");
  await button("Undo").click();
  await vi.waitFor(() => expect(document.documentElement.dataset["theme"]).toBe("light"));
  expect(model.preferences?.theme).toBe("light");
});

test("languages are called in their own words", async () => {
  await begin("general");
  await pick(/^Language/, "Français");
  await expect.element(page.getByRole("heading", { level: 1, name: "Réglages" })).toBeVisible();
});

test("the computer is called as somebody wants it, shown in a name, and as before when it is taken back", async () => {
  await begin("general");
  const field = page.getByRole("textbox", { name: "Name of this computer" });
  await field.fill("Lab 2");
  await expect.element(page.getByText("Budget (conflict 2026-11-22 135419 Lab 2).xlsx")).toBeVisible();
  await userEvent.keyboard("{Enter}");
  const told = { scope: sync, key: "computer_name", value: "Lab 2" };
  await vi.waitFor(() => expect(asked("setOption")).toEqual([told]));
  await button("Undo").click();
  await vi.waitFor(() => expect(asked("setOption").at(-1)).toEqual({ ...told, value: null }));
});

test("links are followed where somebody wishes it", async () => {
  await begin("rules");
  await page.getByRole("switch", { name: "Follow links" }).click();
  const told = { scope: sync, key: "links", value: "follow" };
  await vi.waitFor(() => expect(asked("setOption")).toEqual([told]));
});

test("a limit is taken with Enter, shown as it was chosen, and taken back to what was usual", async () => {
  await begin("network");
  await pick(/^Sending/, "At most…");
  expect(asked("setOption")).toEqual([]);
  const amount = page.getByRole("textbox", { name: "Amount" });
  await amount.fill("2,5");
  await userEvent.keyboard("{Enter}");
  await vi.waitFor(() => expect(asked("setOption")).toEqual([{ scope: sync, key: "upload_limit", value: "2.5 MB/s" }]));
  await button("Undo").click();
  await vi.waitFor(() => expect(asked("setOption").at(-1)).toEqual({ scope: sync, key: "upload_limit", value: null }));
  await expect.element(page.getByRole("combobox", { name: /^Sending: As fast as possible/ })).toBeVisible();
});

test("what is no amount is said beside it, and kept", async () => {
  await begin("network");
  await pick(/^Sending/, "At most…");
  const amount = page.getByRole("textbox", { name: "Amount" });
  await amount.fill("fast");
  await userEvent.keyboard("{Enter}");
  await expect.element(page.getByRole("alert")).toMatchTextContent("at least 10 KB a second");
  await expect.element(amount).toHaveValue("fast");
  expect(asked("setOption")).toEqual([]);
});

test("pausing by itself: metered, battery and hours", async () => {
  await begin("network");
  await page.getByRole("switch", { name: "On a metered connection" }).click();
  await settle();
  await pick(/^On battery/, "Go on");
  await page.getByRole("switch", { name: "Only at certain hours" }).click();
  await settle();
  expect(asked("setOption").map(({ key, value }) => [key, value])).toEqual([
    ["on_metered", "go-on"],
    ["on_battery", "go-on"],
    ["hours", "20:00-06:00"],
  ]);
  await expect.element(page.getByText("Over midnight, until the next day.")).toBeVisible();
  await page.getByLabelText("To", { exact: true }).fill("20:00");
  await userEvent.tab();
  await expect.element(page.getByText("Type two different times.")).toBeVisible();
  expect(asked("setOption")).toHaveLength(3);
});

test("a proxy that is pasted whole is spread over its fields; its password goes to the keychain alone", async () => {
  await begin("network");
  await pick(/^Proxy server/, "This one…");
  await page.getByRole("textbox", { name: "Address" }).fill("socks5://marie@proxy.labo-example.org:1080");
  await button("Use this proxy").click();
  await vi.waitFor(() =>
    expect(asked("setOption")).toEqual([
      { scope: sync, key: "proxy", value: "socks5://marie@proxy.labo-example.org:1080" },
    ]),
  );
  await page.getByLabelText("Password", { exact: true }).fill("secret");
  await button("Keep the password").click();
  await vi.waitFor(() => expect(asked("setProxyPassword")).toEqual([{ password: "secret" }]));
  await expect.element(page.getByLabelText("Password", { exact: true })).toHaveValue("");
  expect(JSON.stringify(asked("setOption"))).not.toContain("secret");
});

test("for one folder only what means something there is shown, and goes back to what holds everywhere", async () => {
  await begin("network", {}, { sync: { hours: "20:00-06:00" } });
  await pick(/^These settings are for/, /^Folder Thesis/);
  expect(page.getByRole("combobox", { name: /^Sending/ }).query()).toBeNull();
  await page.getByRole("switch", { name: "Only at certain hours" }).click();
  await settle();
  expect(asked("setOption")).toEqual([{ scope: { kind: "folder", path: THESIS }, key: "hours", value: "always" }]);
  await button("As everywhere else").click();
  await vi.waitFor(() => expect(asked("setOption").at(-1)).toMatchObject({ key: "hours", value: null }));
  await expect.element(page.getByRole("switch", { name: "Only at certain hours" })).toBeChecked();
});

test("lines are added, moved and taken out, and each of it is taken back", async () => {
  let lines = ["*.iso", "!keep.log"];
  await begin("rules", {
    rules: (() => rules({ everywhere: lines })) as never,
    setRules: (({ lines: to }: { lines: string[] }) => {
      lines = to;
      return null;
    }) as never,
  });
  const field = page.getByRole("textbox", { name: "New line" });
  await field.fill(" build/ ");
  await userEvent.keyboard("{Enter}");
  await vi.waitFor(() => expect(lines).toEqual(["*.iso", "!keep.log", "build/"]));
  await expect.element(field).toHaveValue("");
  await button("Undo").click();
  await vi.waitFor(() => expect(lines).toEqual(["*.iso", "!keep.log"]));
  await button("Move !keep.log up").click();
  await vi.waitFor(() => expect(lines).toEqual(["!keep.log", "*.iso"]));
  await button("Take out *.iso").click();
  await vi.waitFor(() => expect(lines).toEqual(["!keep.log"]));
  await button("Undo").click();
  await vi.waitFor(() => expect(lines).toEqual(["!keep.log", "*.iso"]));
});

test("a line that is none is refused in the program’s words, and stays in the field", async () => {
  await begin("rules", {
    setRules: () => {
      throw refused("“[a” is no ignore rule.");
    },
  });
  const field = page.getByRole("textbox", { name: "New line" });
  await field.fill("[a");
  await button("Add").click();
  await expect.element(page.getByRole("alert")).toMatchTextContent("is no ignore rule");
  await expect.element(field).toHaveValue("[a");
});

test("a path is tested in its folder", async () => {
  const said = { sentence: "It is not synced: “*.iso” matches it.", remedy: null };
  await begin("rules", { testPath: { left_out: true, rule: "*.iso", level: "everywhere", said } });
  await page.getByRole("textbox", { name: "Path in the folder" }).fill("/Photos/raw.iso");
  await button("Test").click();
  await expect.element(page.getByText(said.sentence)).toBeVisible();
  expect(asked("testPath")).toEqual([{ folder: THESIS, path: "Photos/raw.iso" }]);
});

test("what is kept of a folder changes with Apply, and is taken back", async () => {
  await begin("folders");
  await button("What is kept… Field data 2026").click();
  const dialog = page.getByRole("dialog");
  await expect.element(dialog.getByRole("row", { name: /^raw/ })).toBeVisible();
  await expect.element(dialog.getByRole("button", { name: "Apply" })).toBeDisabled();
  dialog.getByRole("row", { name: /^raw/ }).element().focus();
  await userEvent.keyboard(" ");
  await expect.element(dialog.getByText("To be fetched: 1 folder.")).toBeVisible();
  dialog.getByRole("row", { name: /^maps/ }).element().focus();
  await userEvent.keyboard(" ");
  await dialog.getByRole("radio", { name: /^Leave them here/ }).click();
  await dialog.getByRole("button", { name: "Apply" }).click();
  const folder = "/data/Field data 2026";
  await vi.waitFor(() => expect(asked("select")).toEqual([{ folder, tick: ["raw"], untick: ["maps"], keep: true }]));
  await settle();
  await button("Undo").click();
  await vi.waitFor(() =>
    expect(asked("select").at(-1)).toEqual({ folder, tick: ["maps"], untick: ["raw"], keep: true }),
  );
});

test("a folder moves only after what happens was said, and moves back", async () => {
  await begin("folders");
  await button("Move elsewhere… Thesis").click();
  await expect.element(page.getByRole("dialog")).toMatchTextContent("Nothing is fetched anew.");
  await button("Choose a place…").click();
  await button("Move it here").click();
  await vi.waitFor(() => expect(asked("relocate")).toEqual([{ folder: THESIS, to: "/media/marie/BIG/Thesis" }]));
  await settle();
  await button("Undo").click();
  await vi.waitFor(() => expect(asked("relocate").at(-1)).toEqual({ folder: "/media/marie/BIG/Thesis", to: THESIS }));
});

test("a folder is removed only after what stays was said; what is safe has the focus", async () => {
  const program = await begin("folders");
  await button("Remove… Thesis").click();
  const question = page.getByRole("alertdialog");
  await expect.element(question).toMatchTextContent(/What stays.*All files here and on the server.*What goes/s);
  await expect.element(question.getByRole("button", { name: "Cancel" })).toHaveFocus();
  await userEvent.keyboard("{Escape}");
  await expect.element(button("Remove… Thesis")).toHaveFocus();
  expect(asked("removeFolder")).toEqual([]);
  await button("Remove… Thesis").click();
  await button("Stop syncing it").click();
  await vi.waitFor(() => expect(asked("removeFolder")).toEqual([{ folder: THESIS }]));
  expect(question.query()).toBeNull();
  await program.tell("gone", THESIS);
});

test("why a folder is not removed is said in the question, which stays", async () => {
  await begin("folders", {
    removeFolder: () => {
      throw refused("Its settings cannot be written.");
    },
  });
  await button("Remove… Thesis").click();
  const question = page.getByRole("alertdialog");
  await question.getByRole("button", { name: "Stop syncing it" }).click();
  await expect.element(question.getByRole("alert")).toMatchTextContent("Its settings cannot be written.");
});

test.each([
  ["Send, then remove", true],
  ["Remove now", false],
] as const)("an account with unsent changes: “%s”", async (name, send) => {
  const removal = { account: "research", server: "https://cloud.labo-example.org", unsent: 6, folders: [THESIS] };
  await begin("accounts", { removal });
  await button("Remove… Research Cloud").click();
  const question = page.getByRole("alertdialog");
  await expect.element(question.getByText(/only here: 6 changes/)).toBeVisible();
  await expect.element(question.getByRole("button", { name: "Cancel" })).toHaveFocus();
  await button(name).click();
  await vi.waitFor(() => expect(asked("removeAccount")).toEqual([{ account: "research", send }]));
});

test("an account that sends first says so, and the focus is not lost when its card goes", async () => {
  const removal = { account: "research", server: "https://cloud.labo-example.org", unsent: 6, folders: [THESIS] };
  let sent = () => {};
  const program = await begin("accounts", {
    removal,
    removeAccount: () => new Promise<void>((done) => (sent = done)),
  });
  await button("Remove… Research Cloud").click();
  await button("Send, then remove").click();
  await expect.element(page.getByRole("status").getByText(/^Sending first, then removing/)).toBeVisible();
  sent();
  await vi.waitFor(() => expect(page.getByRole("alertdialog").query()).toBeNull());
  await program.tell("accounts", []);
  await settle();
  await vi.waitFor(() => {
    if (document.activeElement === document.body) throw new Error("The focus is nowhere.");
  });
});

test("the archive asks where, leaves names out unless somebody wants them, and says what is in it", async () => {
  await begin("help");
  await button("Save the archive…").click();
  await expect.element(page.getByText(/^Saved: \/home\/marie\/navette-2026-11-22\.zip/)).toBeVisible();
  expect(asked("gather")).toEqual([{ names: false, to: "/home/marie/navette-2026-11-22.zip" }]);
  await page.getByRole("checkbox").click();
  await button("Save the archive…").click();
  await vi.waitFor(() => expect(asked("gather").at(-1)).toMatchObject({ names: true }));
});

test("licences are found by name", async () => {
  await begin("about");
  await page.getByRole("textbox", { name: "Name or licence" }).fill("unlicense");
  await settle();
  expect(page.getByRole("row").elements()).toHaveLength(2);
});

test("sections are gone through with the arrows", async () => {
  await begin("general");
  page.getByRole("link", { name: "General" }).element().focus();
  await userEvent.keyboard("{ArrowDown}{ArrowDown}");
  await settle();
  expect(route.query["section"]).toBe("folders");
});

test("Enter on a section goes into it, and each is read from its beginning", async () => {
  await begin("network");
  document.querySelector(".detail")!.scrollTop = 200;
  page.getByRole("link", { name: "About" }).element().focus();
  await userEvent.keyboard("{Enter}");
  await settle();
  await expect.element(page.getByRole("heading", { level: 2, name: "About" })).toHaveFocus();
  expect(document.querySelector(".detail")!.scrollTop).toBe(0);
});

test("in a small window there are the sections, or one of them with a way back", async () => {
  await begin("");
  await resize("small");
  const link = page.getByRole("link", { name: "Network" });
  page.getByRole("link", { name: "General" }).element().focus();
  await userEvent.keyboard("{End}{Home}{ArrowDown}{ArrowDown}{ArrowDown}");
  await expect.element(link).toHaveFocus();
  expect(route.query["section"]).toBeFalsy();
  await userEvent.keyboard("{Enter}");
  await settle();
  await expect.element(page.getByRole("heading", { level: 2, name: "Network" })).toHaveFocus();
  expect(link.query()).toBeNull();
  await button("All settings").click();
  await settle();
  await expect.element(link).toHaveFocus();
});

test.each([
  ["network", "Network"],
  ["research", "Accounts"],
  [THESIS, "Folders"],
])("the program leads to a section by what it is about: %s", async (id, section) => {
  const program = await begin("general");
  await program.tell("goto", { view: "settings", id });
  await settle();
  await expect.element(page.getByRole("heading", { level: 2, name: section })).toBeVisible();
  await page.getByRole("link", { name: "About" }).click();
  await expect.element(page.getByRole("heading", { level: 2, name: "About" })).toBeVisible();
});

test("a link to one folder, or to the room on the disk, has the focus there", async () => {
  await begin("general");
  route.go("settings", { section: "folders", id: "/data/Field data 2026" });
  await vi.waitFor(() => expect(document.activeElement?.getAttribute("data-folder")).toBe("/data/Field data 2026"));
  route.go("settings", { section: "folders", id: "disk" });
  await expect.element(page.getByRole("heading", { level: 3, name: "Room on this computer" })).toHaveFocus();
});
