/* What a page does by itself: the source drawer, the menu of a phone, the keys of a tree, the maps. */
(() => {
  let opener = null;
  const drawer = () => document.querySelector(".hai-drawer");

  function openSource(link) {
    opener = link;
    drawer().dataset.open = "";
    drawer().focus();
    emitEvent("source", link.dataset.source);
  }

  function closeSource() {
    delete drawer().dataset.open;
    opener?.focus();
    opener = null;
  }

  function setMenu(open) {
    const burger = document.querySelector("[data-menu]");
    burger.setAttribute("aria-expanded", open);
    document.getElementById("site-menu").toggleAttribute("data-open", open);
  }

  document.addEventListener("click", (event) => {
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const source = event.target.closest("a[data-source]");
    if (source && plain && window.did_handshake && drawer()) {
      event.preventDefault();
      openSource(source);
      return;
    }
    if (event.target.closest("[data-close]")) closeSource();
    const burger = event.target.closest("[data-menu]");
    if (burger) setMenu(burger.getAttribute("aria-expanded") !== "true");
    else if (!event.target.closest("#site-menu") && document.querySelector("#site-menu[data-open]")) setMenu(false);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (drawer()?.hasAttribute("data-open")) closeSource();
      else if (document.querySelector("#site-menu[data-open]")) {
        setMenu(false);
        document.querySelector("[data-menu]").focus();
      }
      return;
    }
    const mark = event.target.closest("mark[data-id]");
    if (mark && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      mark.click();
      return;
    }
    const knot = event.target.closest("button[data-node]");
    if (knot) moveInTree(event, knot);
  });

  function moveInTree(event, knot) {
    const open = knot.getAttribute("aria-expanded") === "true";
    const knots = [...knot.closest("table").querySelectorAll("button[data-node]")];
    const place = knots.indexOf(knot);
    if (event.key === "ArrowRight" && !open) knot.click();
    else if (event.key === "ArrowLeft" && open) knot.click();
    else if (event.key === "ArrowDown") knots[place + 1]?.focus();
    else if (event.key === "ArrowUp") knots[place - 1]?.focus();
    else return;
    event.preventDefault();
  }

  /* A control that is drawn anew by its own press keeps the keyboard's focus. */
  let held = null;
  const holdable = (target) => target.closest?.("button[data-node], button[data-column]") ?? null;
  document.addEventListener("focusin", (event) => (held = holdable(event.target)));
  document.addEventListener("pointerdown", (event) => (held = holdable(event.target)));
  new MutationObserver(() => {
    if (!held || held.isConnected || document.activeElement !== document.body) return;
    const key = "node" in held.dataset ? "node" : "column";
    for (const button of document.querySelectorAll(`button[data-${key}]`))
      if (button.dataset[key] === held.dataset[key]) return button.focus({ preventScroll: true });
  }).observe(document, { subtree: true, childList: true });

  /* Registers a map once, then tells the chart that it may be drawn. Features are joined by adcode. */
  async function readyMap(chart, url) {
    const { echarts } = await import("nicegui-echart");
    if (!echarts.getMap(url)) {
      const shapes = await (await fetch(url)).json();
      for (const feature of shapes.features) feature.properties.name = String(feature.properties.adcode);
      echarts.registerMap(url, shapes);
    }
    getElement(chart).$emit("mapready");
  }

  function showSpan(id) {
    const mark = document.querySelector(`mark[data-all~="${CSS.escape(id)}"]`);
    if (!mark) return;
    if (mark.tabIndex < 0) mark.tabIndex = -1;
    mark.scrollIntoView({ block: "center" });
    mark.focus({ preventScroll: true });
  }

  window.haihe = { readyMap, showSpan };
})();
