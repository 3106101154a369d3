import { page } from "vitest/browser";
import * as c from "../fixtures/concerns";
import type { Words } from "../fixtures/words";
import { NOW } from "../fixtures/words";
import { refused, type Scene } from "../program";
import type { Shot } from "./shot";

const at = (id: string, part = "") => `#attention?${new URLSearchParams({ id, part })}`;
const all = (say: Words) => [c.signIn(), c.manyVersions(), c.brake(), c.names(), c.files(say)];
const image = (sky: string, sun: string) =>
  ({ kind: "image", data: c.picture(sky, sun), width: 1600, height: 1050 }) as const;
const press = (name: RegExp) => async () => {
  await page.getByRole("button", { name }).first().click();
};
const only = (name: string, id: string, scene: (say: Words) => Scene, act?: () => Promise<void>): Shot => ({
  name: `attention-${name}`,
  at: at(id),
  scene,
  ...(act && { act }),
});

export const shots: Shot[] = [
  {
    name: "attention-empty",
    at: "#attention",
    scene: (say) =>
      c.attention(say, [], {
        overview: {
          mood: "up-to-date",
          headline: say("Everything is up to date", "Tout est à jour"),
          rest: "",
          needing: 0,
          until: null,
          fraction: null,
          time_left: null,
        },
      }),
    act: async () => {
      const { settled } = await import("../../src/lib/attention/settled.svelte");
      settled.last = NOW - 86_400;
    },
  },
  { name: "attention-list", at: "#attention", scene: (say) => c.attention(say, all(say)) },
  only("versions", "conflict", (say) => c.attention(say, all(say))),
  only("versions-image", "conflict", (say) =>
    c.attention(say, [c.versions("figures/map.png")], {
      previewVersions: { mine: image("#bcd3e8", "#f0c35b"), theirs: image("#e8cdbc", "#e0683b") },
    }),
  ),
  only(
    "versions-image-over",
    "conflict",
    (say) =>
      c.attention(say, [c.versions("figures/map.png")], {
        previewVersions: { mine: image("#bcd3e8", "#f0c35b"), theirs: image("#e8cdbc", "#e0683b") },
      }),
    press(/^One over the other|^L’une sur l’autre/),
  ),
  only("versions-other", "conflict", (say) =>
    c.attention(say, [c.versions("report.docx", { ours: false, by: "Lab desktop" })], {
      previewVersions: { mine: { kind: "none" }, theirs: { kind: "none" } },
    }),
  ),
  only("versions-equal", "conflict", (say) => c.attention(say, [c.versions("report.docx", { equal: true })])),
  only("versions-gone", "conflict", (say) => c.attention(say, [c.versions("report.docx", { theirs: null })])),
  only(
    "versions-failing",
    "conflict",
    (say) =>
      c.attention(say, [c.versions("methods.md")], {
        choose: () => {
          throw refused(say("The disk did not answer as it should.", "Le disque n’a pas répondu comme il devrait."), {
            code: "disk",
            details: "EIO: read, methods.md",
          });
        },
      }),
    press(/^Keep both|^Garder les deux/),
  ),
  only("many", "conflict", (say) => c.attention(say, [c.manyVersions()]), press(/^One rule|^Une règle/)),
  only("brake", "brake remote", (say) => c.attention(say, all(say))),
  only("brake-list", "brake remote", (say) => c.attention(say, [c.brake()]), press(/^Show the full|^Montrer toute/)),
  only(
    "brake-no-trash",
    "brake remote",
    (say) => c.attention(say, [c.brake({ has_trash: false, kept_days: null })]),
    press(/^Delete them on|^Les supprimer sur/),
  ),
  only("brake-there", "brake remote", (say) => c.attention(say, [c.brake({ side: "local" })])),
  only("name", c.names().id, (say) => c.attention(say, all(say))),
  only(
    "name-refused",
    "name Why?.md",
    (say) =>
      c.attention(say, [c.name("Why?.md", "Why.md")], {
        checkName: {
          fits: false,
          suggestion: "",
          said: {
            sentence: say("A file of this name is there already.", "Un fichier de ce nom existe déjà."),
            remedy: null,
          },
        },
      }),
    async () => {
      const field = page.getByRole("textbox").first();
      await field.fill("Because.md");
      await new Promise((done) => setTimeout(done, 400));
    },
  ),
  only("name-twin", "name Report.md", (say) =>
    c.attention(say, [c.name("Report.md", "Report (2).md", "twin", "report.md")]),
  ),
  only("sign-in", "sign-in research", (say) => c.attention(say, all(say))),
  only(
    "sign-in-wrong",
    "sign-in research",
    (say) =>
      c.attention(say, [c.signIn({ browser: false })], {
        signInAgain: () => {
          throw refused("", { code: "sign-in", field: "password" });
        },
      }),
    async () => {
      await page.getByLabelText(/^Password$|^Mot de passe$/).fill("wrong");
      await press(/^Sign in$|^Se connecter$/)();
    },
  ),
  only(
    "sign-in-browser",
    "sign-in research",
    (say) =>
      c.attention(say, [c.signIn()], {
        signInAgainByBrowser: { id: "b1", url: "https://cloud.labo-example.org/login/flow", minutes: 20 },
        browserSignedIn: () => new Promise(() => {}),
      }),
    press(/^Sign in in|^Se connecter dans/),
  ),
  only("certificate", "certificate research", (say) => c.attention(say, [c.certificate(c.FINGERPRINT)])),
  only(
    "certificate-sure",
    "certificate research",
    (say) => c.attention(say, [c.certificate(c.FINGERPRINT)]),
    press(/^Trust it|^Faire confiance/),
  ),
  only("certificate-changed", "certificate research", (say) => c.attention(say, [c.certificate(null)])),
  ...["folder-missing", "marker-missing", "foreign-marker", "remote-root-changed", "remote-restored", "unheard-of"].map(
    (gate) => only(`gate-${gate}`, `gate ${gate}`, (say) => c.attention(say, [c.gate(gate, say)])),
  ),
  only("files", "file remote too-large", (say) => c.attention(say, all(say))),
  only("files-many", "file remote too-large", (say) => c.attention(say, [c.files(say, undefined, 10_000)])),
  only(
    "file",
    "file remote too-large",
    (say) => c.attention(say, [c.files(say, ["film.mov"])]),
    async () => {
      document.querySelector("details")?.setAttribute("open", "");
    },
  ),
  only("brake-changed", "brake remote", (say) => c.attention(say, [c.brake({ overwritten: true })])),
  only("brake-changed-there", "brake remote", (say) =>
    c.attention(say, [c.brake({ overwritten: true, side: "local" })]),
  ),
  only("large", "large Films", (say) => c.attention(say, [c.large(say)])),
  only("stopped", "stopped", (say) => c.attention(say, [c.stopped(say)])),
  only("space", "space", (say) => c.attention(say, [c.space()])),
  only("disk", "disk", (say) => c.attention(say, [c.disk()])),
];
