/**
 * The assistant: from an address to a folder that is kept equal. It knows
 * which step it is at, and what each needs; going back loses nothing.
 */
import { refusalOf } from "../model";
import type { Recognised, Refused, SignedIn } from "../types";
import type { Ask } from "./ask";
import { Folders } from "./folders.svelte";
import { Server } from "./server.svelte";
import { SignIn } from "./sign-in.svelte";

export const STEPS = ["server", "sign-in", "folders", "summary"] as const;
export type Step = (typeof STEPS)[number] | "first-sync";

/** The field that somebody has to look at; the number rises each time. */
export type Fault = { field: "address" | "login" | "password" | "place"; time: number };

export class Assistant {
  step = $state<Step>("server");
  readonly server: Server;
  readonly signIn: SignIn;
  folders = $state.raw<Folders | null>(null);
  fault = $state.raw<Fault | null>(null);
  /** What stands in the way of beginning. */
  refused = $state.raw<Refused | null>(null);
  /** It is being written down. */
  beginning = $state(false);
  /** The folder, once it is kept equal. */
  folder = $state<string | null>(null);
  /** The account that gets a folder; null where somebody signs in. */
  readonly account: string | null;

  constructor(
    readonly ask: Ask,
    account: string | null = null,
  ) {
    this.account = account;
    this.server = new Server(ask);
    this.signIn = new SignIn(ask);
    if (account !== null) this.step = "folders";
  }

  /** The steps that there are: an account that is there needs no server, and nobody to sign in. */
  get steps(): readonly Step[] {
    return this.account === null ? STEPS : STEPS.slice(2);
  }

  get signedIn(): SignedIn | null {
    return this.folders?.signedIn ?? this.signIn.signedIn;
  }

  get recognised(): Recognised | null {
    return this.server.recognised;
  }

  /** Whether a step can be gone to at once: all before it are done. */
  reaches(step: Step): boolean {
    if (this.folder !== null) return step === "first-sync";
    switch (step) {
      case "server":
        return this.account === null;
      case "sign-in":
        return this.account === null && this.recognised !== null;
      case "folders":
        return this.signedIn !== null;
      case "summary":
        return this.folders?.where.fits === true;
      case "first-sync":
        return false;
    }
  }

  /** Takes up the account that a folder is added to. */
  async begin(): Promise<void> {
    if (this.account === null || this.folders !== null) return;
    this.refused = null;
    try {
      this.#signedIn(await this.ask.sessionOf(this.account));
    } catch (thrown) {
      this.refused = refusalOf(thrown);
    }
  }

  async go(step: Step): Promise<void> {
    if (step === this.step || !this.reaches(step)) return;
    if (this.step === "sign-in") await this.signIn.cancel();
    this.#to(step);
  }

  back(): Promise<void> {
    const before = this.steps[this.steps.indexOf(this.step) - 1];
    return before === undefined ? Promise.resolve() : this.go(before);
  }

  /** Goes on, if what this step needs is there; else names the field that lacks it. */
  async next(): Promise<void> {
    switch (this.step) {
      case "server":
        return this.#afterServer();
      case "sign-in":
        return this.#afterSignIn();
      case "folders":
        return this.#afterFolders();
      case "summary":
        return this.#start();
      case "first-sync":
        return;
    }
  }

  /** Signs in with the browser, and goes on once somebody has. */
  async byBrowser(): Promise<void> {
    const signedIn = await this.signIn.byBrowser();
    if (signedIn) this.#signedInHere(signedIn);
  }

  /** Somebody leaves: what is not used is given back. */
  async leave(): Promise<void> {
    this.server.end();
    this.folders?.end();
    if (this.folder !== null) return;
    if (this.account === null) return this.signIn.signOut();
    if (this.folders) await this.ask.abandon(this.folders.signedIn.session).catch(() => {});
  }

  async #afterServer(): Promise<void> {
    const { server } = this;
    server.insisted = true;
    const recognised = await server.settle();
    if (this.step !== "server") return;
    if (!recognised) return this.#blame("address");
    const before = this.signIn.signedIn;
    await this.signIn.at(recognised);
    if (before !== this.signIn.signedIn) this.#forgetFolders();
    this.#to("sign-in");
  }

  async #afterSignIn(): Promise<void> {
    const { signIn, recognised } = this;
    if (!recognised || signIn.trying || signIn.browser.kind === "opening") return;
    if (signIn.browser.kind === "waiting") return signIn.openAgain();
    if (signIn.signedIn) return this.#signedInHere(signIn.signedIn);
    if (signIn.way(recognised) === "browser") return this.byBrowser();
    if (signIn.lacks) return this.#blame(signIn.lacks);
    const signedIn = await signIn.byPassword();
    if (signedIn) return this.#signedInHere(signedIn);
    if (signIn.refused?.field === "login" || signIn.refused?.field === "password") this.#blame(signIn.refused.field);
    else if (signIn.refusedBefore) this.#blame("password");
  }

  async #afterFolders(): Promise<void> {
    const { folders } = this;
    if (!folders) return this.begin();
    await folders.where.settle();
    if (this.step !== "folders") return;
    if (!folders.where.fits) return this.#blame("place");
    folders.fitSoon();
    this.#to("summary");
  }

  async #start(): Promise<void> {
    const { folders } = this;
    if (!folders || this.beginning) return;
    this.beginning = true;
    this.refused = null;
    try {
      this.folder = await this.ask.finish(folders.plan);
      folders.end();
      this.#to("first-sync");
    } catch (thrown) {
      this.#notBegun(folders, refusalOf(thrown));
    } finally {
      this.beginning = false;
    }
  }

  /** Somebody else signs in. */
  async signOut(): Promise<void> {
    this.#forgetFolders();
    await this.signIn.signOut();
  }

  #signedInHere(signedIn: SignedIn) {
    if (this.step !== "sign-in") return;
    this.#signedIn(signedIn);
    this.#to("folders");
  }

  #signedIn(signedIn: SignedIn) {
    if (this.folders?.signedIn.session !== signedIn.session) {
      this.#forgetFolders();
      this.folders = new Folders(this.ask, signedIn);
    }
    void this.folders?.begin();
  }

  /** What is wrong with the place is said where the place is chosen. */
  #notBegun(folders: Folders, refused: Refused) {
    if (refused.field !== "place") {
      this.refused = refused;
      return;
    }
    folders.where.refused = refused;
    this.#to("folders");
    this.#blame("place");
  }

  #forgetFolders() {
    this.folders?.end();
    this.folders = null;
  }

  #to(step: Step) {
    this.refused = null;
    this.fault = null;
    this.step = step;
  }

  #blame(field: Fault["field"]) {
    this.fault = { field, time: (this.fault?.time ?? 0) + 1 };
  }
}
