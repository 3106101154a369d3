/** The second step: who. */
import { refusalOf } from "../model";
import type { Recognised, Refused, SignedIn } from "../types";
import { Latest, type Ask } from "./ask";

export type Way = Recognised["ways"][number];

export type Browser =
  | { kind: "none" }
  | { kind: "opening" }
  | { kind: "waiting"; id: string; url: string; minutes: number }
  | { kind: "expired" };

export class SignIn {
  login = $state("");
  password = $state("");
  trying = $state(false);
  browser = $state.raw<Browser>({ kind: "none" });
  refused = $state.raw<Refused | null>(null);
  signedIn = $state.raw<SignedIn | null>(null);
  /** The way that somebody has chosen; else the first one that the server offers. */
  #chosen = $state<Way | null>(null);
  /** Where somebody is signed in, or tries to. */
  #address = "";
  /** What the server has refused: it is not sent again, so that no account is blocked. */
  #wrong: { login: string; password: string } | null = null;
  #latest = new Latest();
  #expiry: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly ask: Pick<
      Ask,
      "signIn" | "signInByBrowser" | "browserSignedIn" | "cancelBrowser" | "openPage" | "abandon"
    >,
  ) {}

  way(server: Recognised): Way {
    if (this.#chosen && server.ways.includes(this.#chosen)) return this.#chosen;
    return server.ways[0] ?? "password";
  }

  choose(way: Way) {
    this.#chosen = way;
    this.refused = null;
    void this.cancel();
  }

  /** Goes to this server: who was signed in to another one is not any more. */
  async at(server: Recognised): Promise<void> {
    if (this.#address === server.address) return;
    const before = this.#address;
    this.#address = server.address;
    this.refused = null;
    this.#wrong = null;
    if (before === "") return;
    this.#chosen = null;
    this.password = "";
    await this.signOut();
  }

  /** Without what is needed it says which field lacks it. */
  get lacks(): "login" | "password" | null {
    if (this.login.trim() === "") return "login";
    return this.password === "" ? "password" : null;
  }

  /** Whether just this was refused before. */
  get refusedBefore(): boolean {
    return this.#wrong !== null && this.#wrong.login === this.login.trim() && this.#wrong.password === this.password;
  }

  async byPassword(): Promise<SignedIn | null> {
    if (this.lacks || this.refusedBefore) return null;
    void this.cancel();
    const counts = this.#latest.begin();
    const tried = { login: this.login.trim(), password: this.password };
    this.trying = true;
    this.refused = null;
    try {
      const signedIn = await this.ask.signIn(this.#address, tried.login, tried.password);
      return this.#took(signedIn, counts);
    } catch (thrown) {
      if (!counts()) return null;
      this.refused = refusalOf(thrown);
      if (this.refused.code === "sign-in") this.#wrong = tried;
      return null;
    } finally {
      if (counts()) this.trying = false;
    }
  }

  async byBrowser(): Promise<SignedIn | null> {
    void this.cancel();
    const counts = this.#latest.begin();
    this.refused = null;
    this.browser = { kind: "opening" };
    try {
      const { id, url, minutes } = await this.ask.signInByBrowser(this.#address);
      if (!counts()) {
        await this.ask.cancelBrowser(id).catch(() => {});
        return null;
      }
      this.browser = { kind: "waiting", id, url, minutes };
      this.#expiry = setTimeout(() => this.#expire(id, counts), minutes * 60_000);
      return this.#took(await this.ask.browserSignedIn(id), counts);
    } catch (thrown) {
      if (counts()) this.#ended(refusalOf(thrown));
      return null;
    }
  }

  openAgain(): Promise<void> {
    if (this.browser.kind !== "waiting") return Promise.resolve();
    return this.ask.openPage(this.browser.url).catch((thrown) => {
      this.refused = refusalOf(thrown);
    });
  }

  /** Does not wait for the browser any more. */
  async cancel(): Promise<void> {
    clearTimeout(this.#expiry);
    this.#latest.drop();
    this.trying = false;
    const was = this.browser;
    this.browser = { kind: "none" };
    if (was.kind === "waiting") await this.ask.cancelBrowser(was.id).catch(() => {});
  }

  /** Gives back what was signed in with. */
  async signOut(): Promise<void> {
    await this.cancel();
    const was = this.signedIn;
    this.signedIn = null;
    if (was) await this.ask.abandon(was.session).catch(() => {});
  }

  async #took(signedIn: SignedIn, counts: () => boolean): Promise<SignedIn | null> {
    if (!counts()) {
      // Somebody has gone elsewhere meanwhile: nothing is left lying about.
      await this.ask.abandon(signedIn.session).catch(() => {});
      return null;
    }
    clearTimeout(this.#expiry);
    this.browser = { kind: "none" };
    this.signedIn = signedIn;
    this.login = signedIn.login;
    // It is not needed any more.
    this.password = "";
    return signedIn;
  }

  #ended(refused: Refused) {
    clearTimeout(this.#expiry);
    this.browser = { kind: refused.code === "expired" ? "expired" : "none" };
    if (refused.code !== "expired" && refused.code !== "cancelled") this.refused = refused;
  }

  #expire(id: string, counts: () => boolean) {
    if (!counts()) return;
    this.#latest.drop();
    this.browser = { kind: "expired" };
    void this.ask.cancelBrowser(id).catch(() => {});
  }
}
