/* What a page does by itself: the source drawer, the menu of a phone, the keys of a tree, the maps. */
(() => {
  const [GRID, LABELLED_MAX] = [24, 20];
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

  /* The point in a shape's greatest part that is farthest from its borders, of a grid: where its label stands. */
  function middle({ type, coordinates }) {
    const parts = type === "Polygon" ? [coordinates] : coordinates;
    const rings = parts.reduce((most, part) => (part[0].length > most[0].length ? part : most));
    const [xs, ys] = [0, 1].map((axis) => rings[0].map((point) => point[axis]));
    const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
    const within = (x, y) => rings.reduce((inside, ring) => ring.reduce((odd, [x1, y1], place) => {
      const [x2, y2] = ring[(place + 1) % ring.length];
      return y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1) ? !odd : odd;
    }, inside), false);
    let best = { room: -1 };
    for (let row = 1; row < GRID; row++)
      for (let column = 1; column < GRID; column++) {
        const [x, y] = [west + ((east - west) * column) / GRID, south + ((north - south) * row) / GRID];
        if (!within(x, y)) continue;
        const room = Math.min(...rings.flat().map((point) => Math.hypot((point[0] - x) * narrow, point[1] - y)));
        if (room > best.room) best = { room, at: [x, y] };
      }
    return best.at;
  }

  /* Registers a map once, then tells the chart that it may be drawn. Features are joined by adcode. */
  async function readyMap(chart, url) {
    const { echarts } = await import("nicegui-echart");
    if (!echarts.getMap(url)) {
      const shapes = await (await fetch(url)).json();
      for (const feature of shapes.features) {
        feature.properties.name = String(feature.properties.adcode);
        if (shapes.features.length <= LABELLED_MAX) feature.properties.cp = middle(feature.geometry);
      }
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
