/// <reference types="vitest/config" />
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vite";

/** Debian's browser where there is one, else the one that Playwright brings. */
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));
const quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"];

/** Of what is tested nothing hangs on where and in which language. */
const place = { timezoneId: "Europe/Paris", locale: "en-GB" };
process.env["TZ"] = place.timezoneId;

const wanted = process.env["NAVETTE_SHOTS"];
const shots = {
  write: wanted !== undefined,
  // Also what narrows a run to one view: NAVETTE_ONLY=home.
  only: process.env["NAVETTE_ONLY"] ?? "",
  folder: fileURLToPath(new URL("../target/screenshots", import.meta.url)),
};

export default defineConfig({
  plugins: [svelte()],
  clearScreen: false,
  // The texts of both languages lie beside the code that shares them.
  server: { host: "127.0.0.1", port: 5173, strictPort: true, fs: { allow: [".."] } },
  build: { target: "es2022" },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "logic",
          environment: "node",
          include: ["tests/**/*.test.ts", "src/**/*.test.ts"],
          exclude: ["tests/**/*.view.test.ts"],
        },
      },
      {
        extends: true,
        server: { port: 0, strictPort: false },
        // Found while the tests run, these would reload the page under them.
        optimizeDeps: {
          include: [
            "@fluent/bundle",
            "@tanstack/svelte-virtual",
            "@tauri-apps/api/core",
            "@tauri-apps/api/event",
            "@tauri-apps/api/mocks",
            "axe-core",
            "bits-ui",
            "diff",
          ],
          // Of its 1,600 icons each is a file of its own; some fifty are wanted.
          exclude: ["@lucide/svelte"],
        },
        test: {
          name: "views",
          provide: { shots },
          include: ["tests/**/*.view.test.ts"],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            // Of a machine that has much else to do.
            connectTimeout: 180_000,
            viewport: { width: 960, height: 640 },
            provider: playwright({
              launchOptions: { args: quiet, ...(chromium ? { executablePath: chromium } : {}) },
              contextOptions: { ...place, reducedMotion: "reduce" },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
