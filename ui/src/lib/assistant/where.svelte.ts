/** Where on this computer the folder is, and what its fate there would be. */
import { refusalOf } from "../model";
import type { Place, PlaceReport, Refused } from "../types";
import { Latest, Quiet, type Ask } from "./ask";

export class Where {
  path = $state("");
  proposed = $state.raw<Place[]>([]);
  report = $state.raw<PlaceReport | null>(null);
  refused = $state.raw<Refused | null>(null);
  examining = $state(false);
  takeOver = $state(false);
  /** Somebody wants the folder although another account's client had it. */
  anyway = $state(false);
  #latest = new Latest();
  #quiet = new Quiet(400);
  #begun = false;
  #examined: { path: string; answer: Promise<PlaceReport | null> } | null = null;

  constructor(
    readonly ask: Pick<Ask, "places" | "examinePlace" | "pickFolder">,
    readonly session: string,
  ) {}

  /** Proposes the usual place. */
  async begin(): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    try {
      this.proposed = await this.ask.places(this.session);
    } catch {
      // Nothing is proposed; the field and the button are there all the same.
    }
    const usual = this.proposed.find((place) => place.usual) ?? this.proposed[0];
    if (this.path === "" && usual) await this.choose(usual.path);
  }

  /** Places on other disks than the chosen one. */
  get others(): Place[] {
    return this.proposed.filter((place) => place.path !== this.path);
  }

  type(path: string) {
    this.path = path;
    this.#latest.drop();
    this.#examined = null;
    this.report = null;
    this.refused = null;
    this.takeOver = false;
    this.anyway = false;
    this.examining = path.trim() !== "";
    this.#quiet.then(() => void this.settle());
  }

  choose(path: string): Promise<PlaceReport | null> {
    if (path !== this.path) this.type(path);
    return this.settle();
  }

  async pick(title: string): Promise<PlaceReport | null> {
    try {
      const picked = await this.ask.pickFolder(title, this.path.trim() || null);
      return picked === null ? this.report : await this.choose(picked);
    } catch (thrown) {
      this.refused = refusalOf(thrown);
      return null;
    }
  }

  /** Looks at what is there now, even if that was looked at before. */
  again(): Promise<PlaceReport | null> {
    this.#examined = null;
    return this.settle();
  }

  /** Looks at once, or waits for the answer that is under way. */
  settle(): Promise<PlaceReport | null> {
    const path = this.path.trim();
    this.#quiet.drop();
    if (path === "") {
      this.examining = false;
      return Promise.resolve(null);
    }
    if (this.#examined?.path !== path || this.refused) this.#examined = { path, answer: this.#examine(path) };
    return this.#examined.answer;
  }

  /** Whether the folder can be here as things stand. */
  get fits(): boolean {
    return this.report !== null && fits(this.report, this.takeOver, this.anyway);
  }

  end() {
    this.#quiet.drop();
    this.#latest.drop();
  }

  async #examine(path: string): Promise<PlaceReport | null> {
    const counts = this.#latest.begin();
    this.examining = true;
    this.refused = null;
    try {
      const report = await this.ask.examinePlace(this.session, path);
      if (!counts()) return null;
      this.report = report;
      return report;
    } catch (thrown) {
      if (counts()) {
        this.report = null;
        this.refused = refusalOf(thrown);
      }
      return null;
    } finally {
      if (counts()) this.examining = false;
    }
  }
}

/**
 * Two programs on one folder spoil files: while another client runs it is left
 * to it; else it is taken over, or, if it knows another account or none, used
 * because somebody says so.
 */
export function fits(report: PlaceReport, takeOver: boolean, anyway: boolean): boolean {
  switch (report.kind) {
    case "new":
    case "empty":
    case "holds-files":
      return true;
    case "of-another-client":
      return canTakeOver(report) ? takeOver : anyway && canUse(report);
    case "nested":
    case "ours":
    case "unfit":
      return false;
  }
}

export const canTakeOver = (report: PlaceReport) =>
  report.client !== null && report.client.same && !report.client.running;

/** The client is not at work there, and what it had there is no account of this kind. */
export const canUse = (report: PlaceReport) => !canTakeOver(report) && report.client?.running !== true;
