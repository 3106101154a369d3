/** The assistant, as somebody goes through it. */
import { afterEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { route } from "../src/lib/model";
import type { Plan, RemoteFolder, SignedIn } from "../src/lib/types";
import {
  $,
  address,
  firstStart,
  goOn,
  nested,
  never,
  otherClient,
  PLACE,
  recognised,
  refusal,
  row,
  signedIn,
  storage,
  toFolders,
} from "./fixtures/assistant";
import { entry, progress, standing } from "./fixtures/base";
import { full } from "./fixtures/scenes";
import { GB, MB, words } from "./fixtures/words";
import { open, resize, settle, type Window } from "./open";
import type { Scene } from "./program";

const say = words("en");
let shown: Window | null = null;
afterEach(async () => {
  await shown?.close();
  shown = null;
});

async function begin(more: Partial<Scene> = {}, at = "#assistant"): Promise<Window> {
  await resize("usual");
  shown = await open(firstStart(say, more), { at });
  return shown;
}

const asked = (name: string) => (shown?.asked ?? []).filter(([command]) => command === name).map(([, args]) => args);
const heading = () => $("h1").textContent;
const described = (field: HTMLElement) => {
  const ids = field.getAttribute("aria-describedby")?.split(" ") ?? [];
  return ids.map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
};
const field = (label: string) => page.getByLabelText(label, { exact: true }).element() as HTMLInputElement;
const active = () => document.activeElement;

// Server

test("a pasted page is recognised by itself, and Enter goes on to the sign-in, whose heading has the focus", async () => {
  await begin();
  await userEvent.fill(field("Server address"), "https://cloud.research-example.org/index.php/apps/files");
  await expect.element(page.getByRole("heading", { name: "Research Cloud" })).toBeVisible();
  await expect.element(page.getByText("Address used: https://cloud.research-example.org")).toBeVisible();
  await userEvent.keyboard("{Enter}");
  await settle();
  expect(heading()).toBe("Sign in to Research Cloud");
  expect(active()).toBe($("h1"));
  expect(asked("recognise")).toHaveLength(1);
});

test("an address is needed: the field says so and has the focus, and the button was never disabled", async () => {
  await begin();
  const button = $<HTMLButtonElement>("footer button[type='submit']");
  expect(button.disabled).toBe(false);
  await goOn();
  const address = field("Server address");
  expect(active()).toBe(address);
  expect(address.getAttribute("aria-invalid")).toBe("true");
  expect(described(address)).toContain("An address is needed");
  expect(asked("recognise")).toEqual([]);
});

test("what does not answer is told at the field, which keeps what was typed", async () => {
  await begin({ recognise: () => refusal("unreachable", "Nothing answers at cloud.example.org.") });
  await address("cloud.example.org");
  const input = field("Server address");
  expect(described(input)).toContain("Nothing answers at cloud.example.org.");
  expect(input.value).toBe("cloud.example.org");
  expect(active()).toBe(input);
  expect(heading()).toBe("Where are your files?");
});

test("half an address is not held against anybody before they go on", async () => {
  await begin({ recognise: () => refusal("no-storage", "This is no storage.") });
  await userEvent.fill(field("Server address"), "news.example.org");
  await expect.element(page.getByText("This is no storage.")).toBeVisible();
  expect(field("Server address").getAttribute("aria-invalid")).toBeNull();
  await goOn();
  expect(field("Server address").getAttribute("aria-invalid")).toBe("true");
});

test("a network that wants a sign-in offers its page", async () => {
  await begin({ recognise: () => refusal("portal", "Sign in first.") });
  await address("https://cloud.example.org/apps/files");
  await page.getByRole("button", { name: "Open the page" }).click();
  expect(asked("openPage")).toEqual([{ url: "http://cloud.example.org" }]);
});

test("an address without encryption is tried with it at a click", async () => {
  await begin({
    recognise: ({ address }) =>
      String(address).startsWith("http:") ? refusal("not-encrypted", "Not encrypted.") : recognised(say),
  });
  await address("http://cloud.example.org");
  await page.getByRole("button", { name: "Use https" }).click();
  await expect.element(page.getByRole("heading", { name: "Research Cloud" })).toBeVisible();
  expect(field("Server address").value).toBe("https://cloud.example.org");
});

// Sign-in

const withPassword: Partial<Scene> = { recognise: recognised(say, { ways: ["password"] }) };

async function password(login: string, secret: string): Promise<void> {
  await userEvent.fill(field("Login or e-mail address"), login);
  await userEvent.fill(field("Password"), secret);
  await userEvent.keyboard("{Enter}");
  await settle();
}

test("the fields let a keychain of the browser's kind fill them, and the password can be shown", async () => {
  await begin(withPassword);
  await address();
  expect(field("Login or e-mail address").autocomplete).toBe("username");
  const secret = field("Password");
  expect([secret.type, secret.autocomplete]).toEqual(["password", "current-password"]);
  await page.getByRole("button", { name: "Show the password" }).click();
  expect(field("Password").type).toBe("text");
});

test("what lacks is told at its field", async () => {
  await begin(withPassword);
  await address();
  await goOn();
  expect(active()).toBe(field("Login or e-mail address"));
  expect(described(field("Login or e-mail address"))).toContain("A login is needed");
  await userEvent.keyboard("marie{Enter}");
  await settle();
  expect(active()).toBe(field("Password"));
  expect(described(field("Password"))).toContain("A password is needed");
  expect(asked("signIn")).toEqual([]);
});

test("a wrong password is explained at its field, and never sent a second time", async () => {
  await begin({
    recognise: recognised(say, { ways: ["password"], two_passwords: true }),
    signIn: () => refusal("sign-in", "Not accepted.", { field: "password" }),
  });
  await address();
  await expect.element(page.getByRole("heading", { name: "The local password" })).toBeVisible();
  await userEvent.fill(field("Login or e-mail address"), "marie");
  await userEvent.fill(field("Local password"), "institution");
  await userEvent.keyboard("{Enter}");
  await settle();
  const secret = field("Local password");
  expect(active()).toBe(secret);
  expect(secret.value).toBe("institution");
  expect(described(secret)).toContain("If it is your institution’s, try the local one.");
  await userEvent.keyboard("{Enter}");
  await settle();
  expect(asked("signIn")).toHaveLength(1);
  await expect.element(page.getByText("Nothing was sent now", { exact: false })).toBeVisible();
});

test("what is typed to mend a refused sign-in stays where it is typed", async () => {
  await begin({ ...withPassword, signIn: () => refusal("sign-in", "Not accepted.", { field: "password" }) });
  await address();
  await password("mar", "wrong");
  await userEvent.keyboard("right");
  expect(field("Password").value).toBe("right");
  const login = field("Login or e-mail address");
  login.focus();
  await userEvent.keyboard("{End}ie");
  await settle();
  expect(active()).toBe(login);
  expect([login.value, field("Password").value]).toEqual(["marie", "right"]);
});

test("where there is one password only, nothing is said of another one", async () => {
  await begin({
    ...withPassword,
    signIn: () =>
      refusal("sign-in", "", { field: "password", said: { sentence: "Not accepted.", remedy: "Check both." } }),
  });
  await address();
  await password("marie", "wrong");
  expect(described(field("Password"))).toContain("The server does not accept this password. Check both.");
  expect(described(field("Password"))).not.toContain("institution");
});

test("what refuses the account and no field of it is told without blaming one", async () => {
  await begin({ ...withPassword, signIn: () => refusal("account-disabled", "Disabled.") });
  await address();
  await password("marie", "secret");
  await expect.element(page.getByText("Your account is disabled on Research Cloud", { exact: false })).toBeVisible();
  expect(field("Password").getAttribute("aria-invalid")).toBeNull();
});

test("a second factor leads to the browser", async () => {
  await begin({
    recognise: recognised(say, { ways: ["password", "browser"] }),
    signIn: () => refusal("second-factor", "A second factor.", { field: "password" }),
    browserSignedIn: never,
  });
  await address();
  await password("marie", "secret");
  await page.getByRole("button", { name: "Continue in the browser" }).click();
  await expect.element(page.getByRole("heading", { name: "Waiting for your browser" })).toBeVisible();
});

test("the browser comes first where the server offers it; it is waited for, opened again, and left", async () => {
  await begin({ browserSignedIn: never });
  await address();
  await goOn();
  await expect.element(page.getByRole("heading", { name: "Waiting for your browser" })).toBeVisible();
  await expect.element(page.getByText("valid for 20 minutes", { exact: false })).toBeVisible();
  await goOn();
  expect(asked("openPage")).toEqual([{ url: "https://cloud.research-example.org/login/flow" }]);
  await page.getByRole("button", { name: "Stop waiting" }).click();
  await settle();
  expect(asked("cancelBrowser")).toEqual([{ id: "b1" }]);
  expect(asked("signInByBrowser")).toHaveLength(1);
  await expect.element(page.getByRole("heading", { name: "Sign in with your browser" })).toBeVisible();
});

test("whoever signs in there is taken on by itself", async () => {
  let signedInThere!: (who: SignedIn) => void;
  await begin({ browserSignedIn: () => new Promise<SignedIn>((done) => (signedInThere = done)) });
  await address();
  await goOn();
  signedInThere(signedIn(say));
  await vi.waitFor(() => expect(heading()).toBe("What should be on this computer?"));
});

test("a page that is no longer valid is opened anew", async () => {
  await begin({ browserSignedIn: () => refusal("expired", "") });
  await address();
  await goOn();
  await page.getByRole("button", { name: "Open a new one" }).click();
  await settle();
  expect(asked("signInByBrowser")).toHaveLength(2);
});

test("who prefers a password uses one, and may change their mind", async () => {
  await begin();
  await address();
  await page.getByRole("button", { name: "Use a password instead" }).click();
  expect(field("Password")).toBeTruthy();
  await page.getByRole("button", { name: "Sign in with the browser instead" }).click();
  await expect.element(page.getByRole("heading", { name: "Sign in with your browser" })).toBeVisible();
});

// Folders

const names = () => [...document.querySelectorAll("[role='row'] .text")].map((at) => at.textContent);
/** Numbers and units do not part at the end of a line. */
const plain = (text: string | null | undefined) => text?.replace(/[\u00a0\u202f]/g, " ").trim();
const spoken = (name: string) => plain(row(name).getAttribute("aria-label"));

test("the tree is one stop of the tab key, and the keys do everything in it", async () => {
  await begin();
  await toFolders();
  const stops = document.querySelectorAll("[role='treegrid'] [tabindex='0']");
  expect(stops).toHaveLength(1);
  row("Research Cloud").focus();
  await userEvent.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}");
  await settle();
  expect(active()).toBe(row("Projects"));
  expect(row("Projects").getAttribute("aria-expanded")).toBe("false");
  await userEvent.keyboard("{ArrowRight}");
  await vi.waitFor(() => row("Raw video"));
  expect(row("Projects").getAttribute("aria-expanded")).toBe("true");
  await userEvent.keyboard("{ArrowRight}{ArrowDown}{ArrowDown} ");
  await settle();
  expect(active()).toBe(row("Raw video"));
  expect(spoken("Raw video")).toContain("on the server only");
  expect(spoken("Projects")).toBe("Projects, partly kept here, 22.1 of 61.0 GB, shared");
  await userEvent.keyboard("{ArrowLeft}");
  await settle();
  expect(active()).toBe(row("Projects"));
  await userEvent.keyboard("{ArrowLeft}");
  await settle();
  expect(names()).not.toContain("Raw video");
  await userEvent.keyboard("{End}");
  await settle();
  expect(active()).toBe(row("Thesis"));
  await userEvent.keyboard("{Home}");
  await settle();
  expect(active()).toBe(row("Research Cloud"));
  expect(row("Thesis").getAttribute("aria-posinset")).toBe("4");
  expect(row("Thesis").getAttribute("aria-setsize")).toBe("4");
});

test("what stays on the server is told below the tree", async () => {
  await begin();
  await toFolders();
  await expect.element(page.getByText("All folders come to this computer, later ones too.")).toBeVisible();
  row("Thesis").focus();
  await userEvent.keyboard(" ");
  await expect.element(page.getByText("One folder stays on the server only: Thesis")).toBeVisible();
});

test("a size that comes late is a row of dots until then, never 0", async () => {
  let counted = false;
  await begin({ remoteFolders: ({ path }) => storage(path, counted ? [] : ["/Projects"]) });
  await toFolders();
  const size = (name: string) => plain(row(name).querySelector(".size")?.textContent);
  expect([size("Projects"), size("Research Cloud"), size("Thesis")]).toEqual(["…", "…", "4.2 GB"]);
  expect(spoken("Projects")).toContain("Size not known yet");
  counted = true;
  await vi.waitFor(() => expect(size("Projects")).toBe("61.0 GB"), 5000);
  expect(size("Research Cloud")).toBe("74.9 GB");
});

test("a search reads on, shows the way, and Esc clears it and nothing else", async () => {
  await begin();
  await toFolders();
  await userEvent.fill($("[data-search]"), "raw");
  await vi.waitFor(() => expect(names()).toEqual(["Research Cloud", "Projects", "Raw video"]));
  await expect.element(page.getByText("Folders found: 1")).toBeVisible();
  await userEvent.keyboard("{Enter}");
  await settle();
  expect(heading()).toBe("What should be on this computer?");
  await userEvent.keyboard("{Escape}");
  await settle();
  expect(names()).toHaveLength(5);
});

test("a new folder is made where the keys are; Esc keeps the name that was typed", async () => {
  await begin();
  await toFolders();
  row("Thesis").focus();
  await page.getByRole("button", { name: "New folder" }).click();
  await userEvent.keyboard("Drafts{Escape}");
  await settle();
  expect(asked("createRemoteFolder")).toEqual([]);
  await page.getByRole("button", { name: "New folder" }).click();
  expect(field("Name of the new folder in Thesis").value).toBe("Drafts");
  await userEvent.keyboard("{Enter}");
  await vi.waitFor(() => row("Drafts"));
  expect(asked("createRemoteFolder")).toEqual([{ session: "s1", path: "/Thesis/Drafts" }]);
});

test("folders that cannot be read say why, and are read again at a click", async () => {
  let up = false;
  await begin({
    remoteFolders: ({ path }): RemoteFolder[] | Promise<RemoteFolder[]> =>
      String(path) === "/" || up ? storage(path) : refusal("unreachable", "Nothing answers."),
  });
  await toFolders();
  row("Projects").focus();
  await userEvent.keyboard("{ArrowRight}");
  await expect.element(page.getByText("Nothing answers.", { exact: false })).toBeVisible();
  up = true;
  await page.getByRole("button", { name: "Try again" }).click();
  await vi.waitFor(() => row("Raw video"));
});

test("a folder in another one that is synced is refused at the place, and keeps one there", async () => {
  await begin({ examinePlace: nested(say) });
  await toFolders();
  await goOn();
  const place = field("Folder on this computer");
  expect(active()).toBe(place);
  expect(described(place)).toContain("which is synced already");
  expect(heading()).toBe("What should be on this computer?");
});

test("another disk is taken at a click, and the system's own window chooses any folder", async () => {
  await begin();
  await toFolders();
  await page.getByRole("button", { name: "Use Data (412 GB free)" }).click();
  await settle();
  expect(field("Folder on this computer").value).toBe("/media/data/Research Cloud");
  await page.getByRole("button", { name: "Change…" }).click();
  await settle();
  expect(field("Folder on this computer").value).toBe("/home/marie/Cloud");
  expect(asked("pickFolder")).toEqual([
    { title: "Choose the folder for Research Cloud", at: "/media/data/Research Cloud" },
  ]);
});

test("another client's folder is taken over with what it had chosen, and given back", async () => {
  await begin({ examinePlace: otherClient(say) });
  await toFolders();
  await goOn();
  expect(heading()).toBe("What should be on this computer?");
  await page.getByRole("button", { name: "Take it over" }).click();
  await expect.element(page.getByText("One folder stays on the server only: Raw video")).toBeVisible();
  await page.getByRole("button", { name: "Do not take it over" }).click();
  await expect.element(page.getByText("All folders come to this computer, later ones too.")).toBeVisible();
  await page.getByRole("button", { name: "Take it over" }).click();
  await settle();
  await goOn();
  await goOn();
  const [{ plan } = {}] = asked("finish") as { plan: Plan }[];
  expect(plan).toMatchObject({ take_over: true, place: "/home/marie/ownCloud", without: ["/Projects/Raw video"] });
});

test("a client that runs is quit first; then one looks again", async () => {
  let running = true;
  await begin({ examinePlace: () => otherClient(say, { running }) });
  await toFolders();
  expect(page.getByRole("button", { name: "Take it over" }).elements()).toEqual([]);
  running = false;
  await page.getByRole("button", { name: "Look again" }).click();
  await expect.element(page.getByRole("button", { name: "Take it over" })).toBeVisible();
});

test("kinds of files and rules of one's own are part of the plan", async () => {
  await begin();
  await toFolders();
  await page.getByRole("button", { name: "Change: Left out: temporary files" }).click();
  await page.getByRole("checkbox", { name: "Disk images" }).click();
  await userEvent.fill(field("Rules of your own"), "*.bak");
  await page.getByRole("button", { name: "Done" }).click();
  await expect
    .element(page.getByText("Left out: temporary files, disk images, 1 rule of your own", { exact: true }))
    .toBeVisible();
  await goOn();
  await goOn();
  const [{ plan } = {}] = asked("finish") as { plan: Plan }[];
  expect(plan?.rules).toContain("*.iso");
  expect(plan?.rules.at(-1)).toBe("*.bak");
});

test("one folder of the server alone is kept equal, if somebody wants that", async () => {
  await begin();
  await toFolders();
  await page.getByRole("button", { name: "From the server", exact: false }).click();
  await vi.waitFor(() => $("[role='dialog'] [role='row'][aria-level='2']"));
  await settle();
  expect(active()).toBe($("[role='dialog'] [role='row']"));
  await userEvent.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}");
  await settle();
  await page.getByRole("button", { name: "Take this folder" }).click();
  await vi.waitFor(() => expect(names()).toEqual(["Projects", "Field data 2026", "Methods", "Raw video"]));
  await goOn();
  await goOn();
  const [{ plan } = {}] = asked("finish") as { plan: Plan }[];
  expect(plan?.remote_path).toBe("/Projects");
});

// All the way

test("back and forth keeps everything that was typed, ticked and chosen", async () => {
  await begin();
  await toFolders();
  row("Thesis").focus();
  await userEvent.keyboard(" ");
  await userEvent.fill(field("Folder on this computer"), "/data/Cloud");
  await goOn();
  expect(heading()).toBe("Ready to start");
  for (const title of ["What should be on this computer?", "Sign in to Research Cloud", "Where are your files?"]) {
    await page.getByRole("button", { name: "Back" }).click();
    await settle();
    expect(heading()).toBe(title);
    expect(active()).toBe($("h1"));
  }
  expect(field("Server address").value).toBe("cloud.research-example.org/index.php/apps/files");
  // Enter goes on from the heading, too, where the focus is after each step.
  for (let step = 0; step < 3; step += 1) {
    await page
      .getByRole("heading", { level: 1 })
      .element()
      .dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    await settle();
  }
  expect(heading()).toBe("Ready to start");
  await expect.element(page.getByText("Not on this computer: Thesis")).toBeVisible();
  await goOn();
  const [{ plan } = {}] = asked("finish") as { plan: Plan }[];
  expect(plan).toMatchObject({ place: "/data/Cloud", without: ["/Thesis"], remote_path: "/", take_over: false });
  expect(asked("signInByBrowser")).toHaveLength(1);
});

test("every line of the summary leads to where it was chosen", async () => {
  await begin();
  await toFolders();
  await goOn();
  await page.getByRole("button", { name: "All folders are on this computer", exact: false }).click();
  await settle();
  expect(heading()).toBe("What should be on this computer?");
  await goOn();
  await page.getByRole("button", { name: "Marie Delmas on Research Cloud", exact: false }).click();
  await settle();
  expect(heading()).toBe("Sign in to Research Cloud");
});

test("starting with the session is chosen in the summary, and holds at once", async () => {
  await begin();
  await toFolders();
  await goOn();
  await page.getByRole("switch", { name: "Start Navette when I log in" }).click();
  await settle();
  expect(asked("prefer")).toEqual([{ change: { start_with_session: false } }]);
});

test("what stands in the way of beginning is told, and one may try again", async () => {
  let up = false;
  await begin({ finish: () => (up ? PLACE : refusal("unreachable", "Nothing answers.")) });
  await toFolders();
  await goOn();
  await goOn();
  await expect.element(page.getByRole("alert")).toHaveTextContent("Nothing answers.");
  up = true;
  await goOn();
  expect(heading()).toBe("Comparing both sides");
});

test("the steps lead back, and not ahead", async () => {
  await begin();
  await address();
  await page.getByRole("button", { name: "Folders" }).click({ force: true });
  expect(heading()).toBe("Sign in to Research Cloud");
  await page.getByRole("button", { name: /^Server/ }).click();
  await settle();
  expect(heading()).toBe("Where are your files?");
});

const syncing = standing(say, {
  folder: PLACE,
  state: "syncing",
  said: { sentence: "Syncing", remedy: null },
  recent: [entry({ folder: PLACE, verb: "fetched", path: "Thesis/chapter-2.docx" })],
  progress: progress({
    files: 4287,
    files_ended: 1630,
    bytes: 27 * GB,
    moved: 10.3 * GB,
    rate: 12.6 * MB,
    time_left: 1320,
  }),
});

test("the first sync shows what is told, what can be used already, and lets one leave at once", async () => {
  const program = await begin();
  await toFolders();
  await goOn();
  await goOn();
  expect(heading()).toBe("Comparing both sides");
  await program.tell("standing", syncing);
  await settle();
  expect(heading()).toBe("Bringing your files here");
  const bar = document.querySelector(".thread [role='progressbar']");
  expect(bar?.getAttribute("aria-valuetext")).toContain("1,630 of 4,287");
  await page.getByRole("button", { name: "Open chapter-2.docx" }).click();
  expect(asked("openPath")).toEqual([{ folder: PLACE, path: "Thesis/chapter-2.docx" }]);
  await page.getByRole("button", { name: "Pause" }).click();
  expect(asked("pause")).toEqual([{ folder: PLACE, seconds: null }]);
  await program.tell("standing", standing(say, { folder: PLACE, files: 4287 }));
  await settle();
  expect(heading()).toBe("Everything is here");
  await page.getByRole("button", { name: "Go to Home" }).click();
  await settle();
  expect(route.view).toBe("home");
  expect(asked("abandon")).toEqual([]);
});

test("whoever leaves before the end gives back what was signed in with", async () => {
  await begin({ accounts: full(say).accounts });
  await toFolders();
  await page.getByRole("button", { name: "Cancel" }).click();
  await vi.waitFor(() => expect(asked("abandon")).toEqual([{ session: "s1" }]));
  expect(route.view).toBe("home");
});

test("whoever quits gives it back, too", async () => {
  await begin();
  await toFolders();
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByRole("button", { name: "Quit" }).click();
  await vi.waitFor(() => expect(asked("quit")).toHaveLength(1));
  const names = shown?.asked.map(([name]) => name) ?? [];
  expect(names.indexOf("abandon")).toBeGreaterThan(0);
  expect(names.indexOf("abandon")).toBeLessThan(names.indexOf("quit"));
});

test("an account that is there gets a folder without signing in", async () => {
  await begin({ accounts: full(say).accounts }, "#assistant?id=research");
  await vi.waitFor(() => row("Thesis"));
  expect(asked("sessionOf")).toEqual([{ account: "research" }]);
  expect($("footer .at").textContent).toBe("Step 1 of 2");
  await goOn();
  await goOn();
  expect(asked("finish")).toHaveLength(1);
});
