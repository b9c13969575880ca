/* The search box as a combobox: what may be meant is listed under it, kind by kind, as somebody types. */
const WAIT_MS = 120;
let box, list, told, asked = null, timer = null, active = -1;

export function start(input) {
  if (input === box) return;
  box = input;
  if (!document.querySelector(`link[href="${box.dataset.styles}"]`)) {
    const styles = Object.assign(document.createElement("link"), { rel: "stylesheet", href: box.dataset.styles });
    document.head.append(styles);
  }
  list = Object.assign(document.createElement("div"), { id: "search-list", className: "hai-found", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.getAttribute("aria-label"));
  told = Object.assign(document.createElement("span"), { className: "hai-found-told" });
  told.setAttribute("role", "status");
  box.form.append(list, told);
  box.addEventListener("input", (event) => event.isComposing || soon());
  box.addEventListener("compositionend", soon);
  box.addEventListener("keydown", press);
  box.addEventListener("focus", () => box.value.trim() && soon());
  box.form.addEventListener("focusout", (event) => box.form.contains(event.relatedTarget) || close());
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  if (box.value.trim()) soon();
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT_MS);
}

async function ask() {
  const typed = box.value.trim();
  asked?.abort();
  if (!typed) return close();
  const asking = (asked = new AbortController());
  try {
    const address = `${box.dataset.completions}?${new URLSearchParams({ q: typed })}`;
    const answer = await fetch(address, { signal: asking.signal, headers: { "Accept-Language": box.dataset.lang } });
    if (answer.ok && document.activeElement === box) show(typed, await answer.json());
  } catch (error) {
    if (error.name !== "AbortError") close();
  }
}

function option(hit, number) {
  const row = Object.assign(document.createElement("a"), { id: `search-option-${number}`, href: hit.address, tabIndex: -1 });
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", "false");
  row.append(Object.assign(document.createElement("span"), { textContent: hit.title }));
  if (hit.about) row.append(Object.assign(document.createElement("small"), { textContent: hit.about }));
  return row;
}

function show(typed, groups) {
  let number = 0;
  const parts = groups.map((group) => {
    const part = document.createElement("div");
    part.setAttribute("role", "group");
    part.setAttribute("aria-labelledby", `search-kind-${group.kind}`);
    const name = Object.assign(document.createElement("b"), { id: `search-kind-${group.kind}`, textContent: group.label });
    part.append(name, ...group.rows.map((hit) => option(hit, number++)));
    return part;
  });
  const found = number;
  const words = box.dataset.all.replace("{words}", typed);
  const everywhere = option({ title: words, address: `/search?${new URLSearchParams({ q: typed })}` }, number);
  everywhere.className = "hai-found-all";
  list.replaceChildren(...parts, everywhere);
  list.hidden = false;
  choose(-1);
  box.setAttribute("aria-expanded", "true");
  told.textContent = found ? box.dataset.count.replace("{count}", found) : box.dataset.none;
}

function close() {
  clearTimeout(timer);
  asked?.abort();
  list.hidden = true;
  choose(-1);
  told.textContent = "";
  box.setAttribute("aria-expanded", "false");
}

function choose(number) {
  const rows = list.querySelectorAll("[role=option]");
  active = number;
  rows.forEach((row, at) => row.setAttribute("aria-selected", at === number));
  if (number < 0) return box.removeAttribute("aria-activedescendant");
  box.setAttribute("aria-activedescendant", rows[number].id);
  rows[number].scrollIntoView({ block: "nearest" });
}

function press(event) {
  if (event.isComposing) return;
  const count = list.hidden ? 0 : list.querySelectorAll("[role=option]").length;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!count) return void ask();
    const step = event.key === "ArrowDown" ? 1 : -1;
    choose(((active + 1 + step + count + 1) % (count + 1)) - 1);
  } else if (event.key === "Enter" && active >= 0) {
    event.preventDefault();
    list.querySelectorAll("[role=option]")[active].click();
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    if (list.hidden) box.value = "";
    close();
  } else if (event.key === "Tab") close();
}
