import type * as commands from "../commands";

/** What the assistant asks of the program. Tests answer in its place. */
export type Ask = Pick<
  typeof commands,
  | "recognise"
  | "signIn"
  | "signInByBrowser"
  | "browserSignedIn"
  | "cancelBrowser"
  | "openPage"
  | "sessionOf"
  | "places"
  | "examinePlace"
  | "pickFolder"
  | "remoteFolders"
  | "createRemoteFolder"
  | "fit"
  | "finish"
  | "abandon"
>;

/** Of several questions under way, only the answer to the last one counts. */
export class Latest {
  #last = 0;

  /** Begins a question, and tells later whether none was begun after it. */
  begin(): () => boolean {
    const mine = ++this.#last;
    return () => mine === this.#last;
  }

  /** No answer that is under way counts any more. */
  drop() {
    this.#last += 1;
  }
}

/** Does the last of several things that follow one another, once it is quiet. */
export class Quiet {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly ms: number) {}

  then(work: () => void, ms = this.ms) {
    this.drop();
    this.#timer = setTimeout(work, ms);
  }

  drop() {
    clearTimeout(this.#timer);
  }
}
