// What scripts add to a page that is whole without them.

import { complete } from "./completions.js";
import { walk } from "./hits.js";
import { listen } from "./keys.js";

const field = document.querySelector("#q");

if (field) {
  complete(field);
}
walk(document.querySelector(".hits"));
listen(field);
