/** Where in the settings the window is, by its address. */
import { model, route } from "../model";
import { placeOf, type Place } from "./sections";

class Asked implements Place {
  #place = $derived(
    placeOf(
      route.query,
      (model.accounts ?? []).map(({ name }) => name),
    ),
  );
  get section() {
    return this.#place.section;
  }
  get of() {
    return this.#place.of;
  }
}

export const asked = new Asked();
