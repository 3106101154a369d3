import { vi } from "vitest";
import { userEvent } from "vitest/browser";
import { $, address, firstStart, goOn, never, recognised, refusal } from "../../fixtures/assistant";
import type { Shot } from "../shot";

const at = "#assistant";

export const shots: Shot[] = [
  { name: "assistant-1-server-empty", at, scene: (say) => firstStart(say), act: goOn },
  {
    name: "assistant-1-server-recognised",
    at,
    scene: (say) => firstStart(say),
    act: async () => {
      await userEvent.fill($("main input"), "cloud.research-example.org/index.php/apps/files");
      await vi.waitFor(() => $(".found h2"), 3000);
    },
  },
  {
    name: "assistant-1-server-asking",
    at,
    scene: (say) => firstStart(say, { recognise: never }),
    act: async () => {
      await address();
      await new Promise((done) => setTimeout(done, 350));
    },
  },
  {
    name: "assistant-1-server-unreachable",
    at,
    scene: (say) =>
      firstStart(say, {
        recognise: () =>
          refusal("unreachable", say("Nothing answers at cloud.example.org.", "Rien ne répond à cloud.example.org."), {
            said: {
              sentence: say("Nothing answers at cloud.example.org.", "Rien ne répond à cloud.example.org."),
              remedy: say(
                "Check the address and the network. Nothing has been sent.",
                "Vérifiez l’adresse et le réseau. Rien n’a été envoyé.",
              ),
            },
            details: "GET https://cloud.example.org/status.php: connection refused",
            field: "address",
          }),
      }),
    act: () => address("cloud.example.org"),
  },
  {
    name: "assistant-1-server-portal",
    at,
    scene: (say) =>
      firstStart(say, { recognise: () => refusal("portal", say("Sign in first.", "Connexion requise.")) }),
    act: () => address(),
  },
  {
    name: "assistant-1-server-bare",
    at,
    scene: (say) => firstStart(say, { recognise: () => refusal("not-encrypted", "") }),
    act: () => address("http://cloud.example.org"),
  },
  {
    name: "assistant-1-server-maintenance",
    at,
    scene: (say) => firstStart(say, { recognise: recognised(say, { maintenance: true }) }),
    act: () => address(),
  },
];
