// Keys that work anywhere but where one types.

const isTyped = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable]");

/** Let / lead to the field. Where it stands on a keyboard does not matter: on a Russian one it is beside the shift. */
export function listen(field) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || isTyped(event.target)) {
      return;
    }
    if (field && (event.key === "/" || (event.code === "Slash" && event.key === "."))) {
      event.preventDefault();
      field.focus();
      field.select();
    }
  });
}

/** Call what belongs to a key of Latin letters, in either layout: n is also т, p is also з. */
export function onKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || isTyped(event.target)) {
      return;
    }
    const action = actions[event.code];
    if (action) {
      event.preventDefault();
      action();
    }
  });
}
