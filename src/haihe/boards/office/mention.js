/* After @ a comment offers posts and units; what is chosen goes out by its number, not by its name. */
(() => {
  if (window.haiheMentions) return;
  const OPEN = /@([^@\s\[\]()，。；：、]{0,30})$/;
  const chosen = new Map();
  let asked = 0;

  const listOf = (box) => box.form.querySelector("[role=listbox]");
  const options = (box) => [...listOf(box).children];
  const current = (box) => options(box).findIndex((one) => one.getAttribute("aria-selected") === "true");

  function close(box) {
    asked += 1;
    listOf(box).hidden = true;
    listOf(box).replaceChildren();
    box.removeAttribute("aria-activedescendant");
  }

  function select(box, place) {
    const all = options(box);
    all.forEach((one, at) => one.setAttribute("aria-selected", at === place));
    box.setAttribute("aria-activedescendant", all[place].id);
    all[place].scrollIntoView({ block: "nearest" });
  }

  async function offer(box) {
    const open = box.value.slice(0, box.selectionStart).match(OPEN);
    if (!open) return close(box);
    const mine = (asked += 1);
    const query = new URLSearchParams({ typed: open[1] });
    const answer = await fetch(`/api/v1/nodes/${box.dataset.mentions}/mentions?${query}`).catch(() => null);
    if (mine !== asked || !answer?.ok) return;
    const found = await answer.json();
    if (mine !== asked) return;
    if (!found.length) return close(box);
    const rows = found.map((one, place) => {
      const row = document.createElement("li");
      row.id = `mention-${place}`;
      row.role = "option";
      row.textContent = one.words;
      row.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        take(box, one);
      });
      row.taken = one;
      return row;
    });
    listOf(box).replaceChildren(...rows);
    listOf(box).hidden = false;
    select(box, 0);
  }

  function take(box, one) {
    const end = box.selectionStart;
    const start = end - box.value.slice(0, end).match(OPEN)[0].length;
    box.setRangeText(`@${one.words} `, start, end, "end");
    chosen.set(`@${one.words}`, `@[${one.words}](${one.kind}/${one.number})`);
    close(box);
    box.focus();
  }

  for (const kind of ["input", "compositionend"])
    document.addEventListener(kind, (event) => {
      if (event.target.matches("textarea[data-mentions]") && !event.isComposing) offer(event.target);
    });

  document.addEventListener("keydown", (event) => {
    const box = event.target;
    if (!box.matches?.("textarea[data-mentions]") || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return box.form.requestSubmit();
    if (listOf(box).hidden) return;
    const all = options(box);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) select(box, (current(box) + step + all.length) % all.length);
    else if (event.key === "Enter" || event.key === "Tab") take(box, all[current(box)].taken);
    else if (event.key === "Escape") close(box);
    else return;
    event.preventDefault();
  });

  document.addEventListener("focusout", (event) => {
    if (event.target.matches("textarea[data-mentions]")) close(event.target);
  });

  /* The longest names first, so that none is taken for the beginning of another. */
  function told(form) {
    const names = [...chosen.keys()].sort((one, other) => other.length - one.length);
    if (!names.length) return form.text.value;
    const any = names.map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
    return form.text.value.replace(new RegExp(any, "g"), (name) => chosen.get(name));
  }

  function clear(form) {
    form.text.value = "";
  }

  window.haiheMentions = { told, clear };
})();
