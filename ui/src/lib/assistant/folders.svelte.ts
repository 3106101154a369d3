/** The third step: what of the server is on this computer, and where. */
import { refusalOf } from "../model";
import type { Fit, Plan, PlaceReport, Refused, SignedIn } from "../types";
import { Latest, Quiet, type Ask } from "./ask";
import { rulesOf, type Kind } from "./kinds";
import { absolute } from "./path";
import type { Without } from "./ticks";
import { Tree } from "./tree.svelte";
import { canTakeOver, Where } from "./where.svelte";

export class Folders {
  readonly tree: Tree;
  readonly where: Where;
  kinds = $state.raw<ReadonlySet<Kind>>(new Set());
  own = $state("");
  fit = $state.raw<Fit | null>(null);
  fitRefused = $state.raw<Refused | null>(null);
  fitting = $state(false);
  #latest = new Latest();
  #quiet = new Quiet(400);
  #fitted = "";
  /** What was chosen before another client's folder was taken over. */
  #own: { top: string; without: Without } | null = null;

  constructor(
    readonly ask: Pick<Ask, "remoteFolders" | "createRemoteFolder" | "places" | "examinePlace" | "pickFolder" | "fit">,
    readonly signedIn: SignedIn,
  ) {
    this.tree = new Tree(ask, signedIn.session);
    this.where = new Where(ask, signedIn.session);
  }

  async begin(): Promise<void> {
    await Promise.all([this.where.begin(), this.tree.read(this.tree.top)]);
  }

  get rules(): string[] {
    return rulesOf(this.kinds, this.own);
  }

  get plan(): Plan {
    return {
      session: this.signedIn.session,
      place: this.where.report?.path ?? this.where.path.trim(),
      remote_path: absolute(this.tree.top),
      without: [...this.tree.without].sort().map(absolute),
      rules: this.rules,
      take_over: this.where.takeOver,
    };
  }

  leaveOut(kind: Kind, out: boolean) {
    const kinds = new Set(this.kinds);
    if (out) kinds.add(kind);
    else kinds.delete(kind);
    this.kinds = kinds;
  }

  /** Goes on with what another client has in this folder, and with what it left out. */
  async takeOver(report: PlaceReport): Promise<void> {
    if (!canTakeOver(report) || !report.client) return;
    this.where.takeOver = true;
    this.#own = { top: this.tree.top, without: this.tree.without };
    await this.tree.adopt(report.client.remote_path, report.client.without);
  }

  /** Leaves the folder to the other client after all: what was chosen before is chosen again. */
  async letGo(): Promise<void> {
    this.where.takeOver = false;
    const own = this.#own;
    this.#own = null;
    if (!own) return;
    await this.tree.moveTop(own.top);
    this.tree.without = own.without;
  }

  /** Asks whether it fits, once nothing changes any more; never twice the same. */
  fitSoon() {
    const plan = this.plan;
    const asked = JSON.stringify(plan);
    if (!this.where.fits || asked === this.#fitted) return;
    this.#fitted = asked;
    this.fitting = true;
    this.#quiet.then(() => void this.#fit(plan));
  }

  async #fit(plan: Plan): Promise<void> {
    const counts = this.#latest.begin();
    this.fitRefused = null;
    try {
      const fit = await this.ask.fit(plan);
      if (counts()) this.fit = fit;
    } catch (thrown) {
      if (!counts()) return;
      this.fit = null;
      this.fitRefused = refusalOf(thrown);
      this.#fitted = "";
    } finally {
      if (counts()) this.fitting = false;
    }
  }

  end() {
    this.tree.end();
    this.where.end();
    this.#quiet.drop();
    this.#latest.drop();
  }
}
