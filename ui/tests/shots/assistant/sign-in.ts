import { userEvent } from "vitest/browser";
import {
  $,
  address,
  click,
  firstStart,
  goOn,
  never,
  recognised,
  refusal,
  signedIn,
  toFolders,
} from "../../fixtures/assistant";
import { type Words } from "../../fixtures/words";
import type { Scene } from "../../program";
import type { Shot } from "../shot";

const at = "#assistant";
const passwordOnly = (say: Words) => recognised(say, { ways: ["password"] });

const wrong = (say: Words): Partial<Scene> => ({
  recognise: recognised(say, { two_passwords: true, ways: ["password", "browser"] }),
  signIn: () =>
    refusal("sign-in", say("Not accepted.", "Pas accepté."), { field: "password", details: "PROPFIND /: 401" }),
});

async function fillSignIn(): Promise<void> {
  const [login, password] = document.querySelectorAll<HTMLInputElement>("main input");
  if (login) await userEvent.fill(login, "marie.delmas@labo-example.org");
  if (password) await userEvent.fill(password, "correct horse");
}

export const shots: Shot[] = [
  { name: "assistant-2-signin-browser", at, scene: (say) => firstStart(say), act: () => address() },
  {
    name: "assistant-2-signin-waiting",
    at,
    scene: (say) => firstStart(say, { browserSignedIn: never }),
    act: async () => {
      await address();
      await goOn();
    },
  },
  {
    name: "assistant-2-signin-expired",
    at,
    scene: (say) => firstStart(say, { browserSignedIn: () => refusal("expired", "") }),
    act: async () => {
      await address();
      await goOn();
    },
  },
  {
    name: "assistant-2-signin-password",
    at,
    scene: (say) => firstStart(say, { recognise: passwordOnly(say) }),
    act: async () => {
      await address();
      await fillSignIn();
    },
  },
  {
    name: "assistant-2-signin-two-wrong",
    at,
    scene: (say) => firstStart(say, wrong(say)),
    act: async () => {
      await address();
      await fillSignIn();
      await goOn();
      await goOn();
      await click($(".others .link"));
    },
  },
  {
    name: "assistant-2-signin-second-factor",
    at,
    scene: (say) =>
      firstStart(say, {
        recognise: recognised(say, { ways: ["password", "browser"], exchanges: false }),
        signIn: () => refusal("second-factor", say("A second factor.", "Un second facteur."), { field: "password" }),
      }),
    act: async () => {
      await address();
      await fillSignIn();
      await goOn();
    },
  },
  {
    name: "assistant-2-signin-done",
    at,
    scene: (say) => firstStart(say, { browserSignedIn: signedIn(say, { existing: "research" }) }),
    act: async () => {
      await toFolders();
      await click($("footer button[type='button']"));
    },
  },
];
