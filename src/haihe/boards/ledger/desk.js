/* The forms of my work: every keystroke is kept in the browser until the report is saved, and a report that is
   sent again after a cut connection is the same report. */
(() => {
  let mine = "";
  let words = {};
  const SPREAD_MS = 20000;
  const timers = new WeakMap();
  const held = {};
  const forms = () => [...document.querySelectorAll("form.hai-desk")];
  const keyOf = (form) => `haihe.work.${mine}.${form.dataset.node}.${form.dataset.period}`;
  const boxes = (form) => [...form.querySelectorAll("[name]")];

  function say(form, text, wrong) {
    const status = form.querySelector("[role=status]");
    status.textContent = text;
    status.toggleAttribute("data-wrong", Boolean(wrong));
  }

  function stored(form) {
    try {
      return JSON.parse(localStorage.getItem(keyOf(form)));
    } catch {
      return null;
    }
  }

  function keep(form, body) {
    const values = Object.fromEntries(boxes(form).map((box) => [box.name, box.value]));
    try {
      localStorage.setItem(keyOf(form), JSON.stringify({ values, body }));
      if (!body) say(form, words.kept);
    } catch {
      say(form, words.unkept, true);
    }
  }

  function restore(form) {
    const draft = stored(form);
    if (!draft) return;
    for (const box of boxes(form)) if (box.name in draft.values) box.value = draft.values[box.name];
    form.querySelector("[data-slider]").value = form.elements.progress.value || 0;
    say(form, words.restored);
    form.closest("details").open = true;
    if (draft.body) send(form);
  }

  const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  /* What is sent, under a key of its own: sent again, it is the same report. */
  function body(form) {
    const { progress, note, forecast_due_on, difficulty } = form.elements;
    return JSON.stringify({
      key: random(),
      period: form.dataset.period,
      reported_on: form.dataset.day,
      progress: progress.value === "" ? null : Number(progress.value) / 100,
      note: note.value,
      difficulty: difficulty.value,
      forecast_due_on: forecast_due_on.value || null,
    });
  }

  async function send(form) {
    const button = form.querySelector("button.hai-button");
    if (button.disabled) return;
    clearTimeout(timers.get(form));
    button.disabled = form.inert = true;
    const sent = (held[form.dataset.node] ??= stored(form)?.body ?? body(form));
    keep(form, sent);
    say(form, words.sending);
    let answer;
    try {
      answer = await fetch(`/api/v1/nodes/${form.dataset.node}/report`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
        body: sent,
        signal: AbortSignal.timeout(20000),
      });
    } catch {
      answer = null;
    }
    button.disabled = form.inert = false;
    if (!answer || answer.status >= 500) {
      say(form, words.waiting, true);
      later(form);
    } else if (answer.ok) {
      saved(form);
    } else {
      delete held[form.dataset.node];
      const problem = await answer.json().catch(() => ({}));
      keep(form);
      say(form, [problem.title, problem.detail].filter(Boolean).join(" "), true);
    }
  }

  /* After a cut everybody comes back at once: what waits is sent at a moment of its own. */
  function later(form) {
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => send(form), Math.random() * SPREAD_MS));
  }

  function saved(form) {
    localStorage.removeItem(keyOf(form));
    const item = form.closest("li");
    item.dataset.saved = "";
    form.closest("details").open = false;
    form.remove();
    const left = forms();
    const count = document.querySelector("[data-left]");
    if (count) count.textContent = left.length;
    const next = [...document.querySelectorAll(".hai-work > li")].slice(place(item) + 1).find((one) => one.querySelector("form"));
    const following = next ?? left[0]?.closest("li");
    if (!following) return location.reload();
    following.querySelector("details").open = true;
    following.querySelector("summary").focus();
    following.scrollIntoView({ block: "start" });
  }

  const place = (item) => [...item.parentElement.children].indexOf(item);

  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form.hai-desk");
    if (!form) return;
    const slider = form.querySelector("[data-slider]");
    if (event.target === slider) form.elements.progress.value = slider.value;
    else if (event.target.name === "progress") slider.value = event.target.value || 0;
    clearTimeout(timers.get(form));
    delete held[form.dataset.node];
    keep(form);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("form.hai-desk");
    if (!form) return;
    event.preventDefault();
    const { progress, forecast_due_on: expected } = form.elements;
    const past = expected.value && expected.value < expected.dataset.day && Number(progress.value) < 100;
    if (!past || confirm(expected.dataset.past)) send(form);
  });

  window.addEventListener("online", () => forms().filter((form) => stored(form)?.body).forEach(later));

  window.haiheWork = (account, said) => {
    mine = account;
    words = said;
    forms().forEach(restore);
  };
})();
