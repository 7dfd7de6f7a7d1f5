// From one marked place of a document to the next.

import { onKeys } from "./keys.js";

/** Show the buttons, and let them and the keys n and p go from mark to mark, from where the reader is. */
export function walk(bar) {
  const marks = [...document.querySelectorAll(".passages mark")];
  if (!bar || !marks.length) {
    return;
  }
  const place = bar.querySelector("output");
  let here = -1;

  const go = (way) => {
    here = isSeen(marks[here]) ? (here + way + marks.length) % marks.length : nearest(marks, way);
    for (const [at, mark] of marks.entries()) {
      mark.classList.toggle("here", at === here);
    }
    marks[here].scrollIntoView({ block: "center" });
    place.value = bar.dataset.place.replace("{at}", here + 1).replace("{all}", marks.length);
  };

  for (const button of bar.querySelectorAll("button")) {
    button.addEventListener("click", () => go(Number(button.dataset.way)));
  }
  onKeys({ KeyN: () => go(1), KeyP: () => go(-1) });
  bar.hidden = false;
}

/** Whether a mark is on the screen: if the reader has gone on since, it is from there that one counts. */
function isSeen(mark) {
  if (!mark) {
    return false;
  }
  const { top, bottom } = mark.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

/** Return the first mark below the top of the screen, or the last one above its foot. */
function nearest(marks, way) {
  const found =
    way > 0
      ? marks.findIndex((mark) => mark.getBoundingClientRect().top >= 0)
      : marks.findLastIndex((mark) => mark.getBoundingClientRect().bottom <= innerHeight);
  return found < 0 ? (way > 0 ? 0 : marks.length - 1) : found;
}
