// Completions of the word that is being typed: a combobox with a listbox, by the ARIA pattern (APG, list autocomplete).

const WAIT = 120; // ms after the last key
const MOST = 8;
const LAST_WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}_'’ʼ`‐-]*$/u;

/** Offer completions below a field. */
export function complete(field) {
  const form = field.form;
  const list = document.createElement("ul");
  list.id = "completions";
  list.className = "completions";
  list.lang = "ru";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.list);
  const said = document.createElement("div");
  said.className = "unseen";
  said.setAttribute("aria-live", "polite");
  field.parentElement.append(list, said);
  field.autocomplete = "off";
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) {
    field.setAttribute(name, value);
  }

  let chosen = -1;
  let timer = 0;
  let asking = null;

  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    list.replaceChildren();
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };

  const choose = (at) => {
    chosen = at;
    for (const [index, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", String(index === at));
    }
    const option = list.children[at];
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  };

  const take = (option) => {
    field.value = field.value.replace(LAST_WORD, () => option.dataset.text);
    close();
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  };

  const show = (completions) => {
    list.replaceChildren(...completions.map(asOption));
    for (const option of list.children) {
      // Before the field loses the focus.
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(option);
      });
    }
    chosen = -1;
    list.hidden = !completions.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    field.removeAttribute("aria-activedescendant");
    said.textContent = completions.length ? form.dataset.some.replace("{count}", completions.length) : "";
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const typed = field.value;
    try {
      const reply = await fetch(`/api/v1/suggest?${new URLSearchParams({ q: typed, limit: MOST })}`, {
        signal: asking.signal,
      });
      const { completions } = reply.ok ? await reply.json() : { completions: [] };
      const word = LAST_WORD.exec(typed)?.[0] ?? "";
      if (field.value === typed && document.activeElement === field) {
        show(word ? completions.filter(({ text }) => text.toLowerCase() !== word.toLowerCase()) : []);
      }
    } catch (error) {
      if (error.name !== "AbortError") {
        close(); // the server is gone; the form will say so better
      }
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    const isAtEnd = field.selectionStart === field.value.length;
    if (isAtEnd && LAST_WORD.test(field.value)) {
      timer = setTimeout(ask, WAIT);
    } else {
      close();
    }
  });

  field.addEventListener("keydown", (event) => {
    const last = list.children.length - 1;
    if (event.isComposing || list.hidden) {
      return;
    }
    if (event.key === "ArrowDown") {
      choose(chosen < last ? chosen + 1 : -1);
    } else if (event.key === "ArrowUp") {
      choose(chosen < 0 ? last : chosen - 1);
    } else if (event.key === "Enter" && chosen >= 0) {
      take(list.children[chosen]);
    } else if (event.key === "Escape") {
      close();
    } else {
      return;
    }
    event.preventDefault();
  });

  field.addEventListener("blur", close);
  form.addEventListener("submit", close);
}

function asOption({ text, places }, at) {
  const option = document.createElement("li");
  const count = document.createElement("b");
  option.id = `completion-${at}`;
  option.dataset.text = text;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  count.textContent = places.toLocaleString(document.documentElement.lang);
  count.setAttribute("aria-hidden", "true");
  option.append(text, count);
  return option;
}
