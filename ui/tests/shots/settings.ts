import { page } from "vitest/browser";
import { settings, rules } from "../fixtures/choices";
import { empty } from "../fixtures/scenes";
import { refused } from "../program";
import type { Shot } from "./shot";

const press = (name: RegExp) => async () => {
  await page.getByRole("button", { name }).first().click();
};
const sections = ["general", "accounts", "folders", "network", "rules", "notices", "help", "about"];

export const shots: Shot[] = [
  { name: "settings-list", at: "#settings", scene: (say) => settings(say) },
  ...sections.map((section): Shot => ({
    name: `settings-${section}`,
    at: `#settings?section=${section}`,
    scene: (say) => settings(say),
  })),
  {
    name: "settings-network-chosen",
    at: "#settings?section=network",
    scene: (say) =>
      settings(
        say,
        {},
        {
          sync: {
            upload_limit: "2 MB/s",
            download_limit: "gentle",
            hours: "20:00-06:00",
            on_metered: "go-on",
            proxy: "http://marie@proxy.labo-example.org:3128",
          },
        },
      ),
  },
  {
    name: "settings-accounts-empty",
    at: "#settings?section=accounts",
    scene: (say) => ({ ...settings(say), ...empty(say) }),
  },
  {
    name: "settings-folders-empty",
    at: "#settings?section=folders",
    scene: (say) => ({ ...settings(say), ...empty(say), pairs: [] }),
  },
  {
    name: "settings-rules-empty",
    at: "#settings?section=rules",
    scene: (say) => ({ ...settings(say), ...empty(say) }),
  },
  {
    name: "settings-rules-failing",
    at: "#settings?section=rules",
    scene: (say) =>
      settings(say, {
        rules: rules({ everywhere: [] }),
        setRules: () => {
          throw refused(
            say("“[a” is no ignore rule: it never ends.", "« [a » n’est pas une règle : elle ne finit pas."),
            { code: "usage" },
          );
        },
      }),
    act: async () => {
      await page.getByRole("textbox", { name: /^New line|^Nouvelle ligne/ }).fill("[a");
      await press(/^Add$|^Ajouter$/)();
    },
  },
  {
    name: "settings-rules-tested",
    at: "#settings?section=rules",
    scene: (say) =>
      settings(say, {
        testPath: {
          left_out: true,
          rule: "*.iso",
          level: "everywhere",
          said: {
            sentence: say(
              "Photos/2019/raw.iso is not synced: “*.iso” matches it.",
              "Photos/2019/raw.iso n’est pas synchronisé : « *.iso » le nomme.",
            ),
            remedy: null,
          },
        },
      }),
    act: async () => {
      await page.getByRole("textbox").last().fill("Photos/2019/raw.iso");
      await press(/^Test$|^Essayer$/)();
    },
  },
  {
    name: "settings-folders-kept",
    at: "#settings?section=folders",
    scene: (say) => settings(say),
    act: async () => {
      await page.getByRole("button", { name: /(^What is kept|^Ce qui est gardé).*Field/ }).click();
    },
  },
  {
    name: "settings-folders-move",
    at: "#settings?section=folders",
    scene: (say) => settings(say),
    act: async () => {
      await press(/^Move elsewhere|^Déplacer ailleurs/)();
      await press(/^Choose a place|^Choisir un endroit/)();
    },
  },
  {
    name: "settings-folders-remove",
    at: "#settings?section=folders",
    scene: (say) => settings(say),
    act: press(/^Remove…|^Retirer…/),
  },
  {
    name: "settings-accounts-remove",
    at: "#settings?section=accounts",
    scene: (say) =>
      settings(say, {
        removal: {
          account: "research",
          server: "https://cloud.labo-example.org",
          unsent: 6,
          folders: ["/home/marie/Documents/Thesis", "/data/Field data 2026"],
        },
      }),
    act: press(/^Remove…|^Retirer…/),
  },
  {
    name: "settings-help-archive",
    at: "#settings?section=help",
    scene: (say) => settings(say),
    act: press(/^Save the archive|^Enregistrer l’archive/),
  },
];
