"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const main = document.querySelector("main");
  const svg = main.querySelector("svg");
  const panel = document.querySelector("aside");
  const search = document.getElementById("search");
  const say = document.getElementById("count");
  const boxes = [...svg.querySelectorAll(".box[id]")];
  const links = [...svg.querySelectorAll(".link[data-link]")] // in the order of the flow, not of painting
    .sort((a, b) => a.dataset.link - b.dataset.link);
  const whole = { x: 0, y: 0, w: svg.viewBox.baseVal.width, h: svg.viewBox.baseVal.height };
  const view = { ...whole };
  let chosen = null, found = [], at = -1, step = -1;

  // ---- the view

  const show = () => svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);
  const ratio = () => main.clientWidth / Math.max(1, main.clientHeight);
  const shaped = () => { view.h = view.w / ratio(); }; // as the window, so that pixels and units agree
  const fit = () => {
    Object.assign(view, whole);
    if (view.w / view.h < ratio()) { const w = view.h * ratio(); view.x = (whole.w - w) / 2; view.w = w; }
    shaped();
    show();
  };
  const zoom = (factor, px = main.clientWidth / 2, py = main.clientHeight / 2) => {
    const w = Math.min(Math.max(view.w * factor, 200), Math.max(whole.w, whole.h * ratio()) * 2);
    const by = w / view.w;
    const x = view.x + view.w * px / main.clientWidth, y = view.y + view.h * py / main.clientHeight;
    view.x = x - (x - view.x) * by;
    view.y = y - (y - view.y) * by;
    view.w *= by;
    view.h *= by;
    show();
  };
  const pan = (dx, dy) => {
    view.x += dx * view.w / main.clientWidth;
    view.y += dy * view.h / main.clientHeight;
    show();
  };
  const middle = (box) => {
    const b = box.getBBox(), m = box.transform.baseVal.consolidate().matrix;
    return { x: m.e + b.x + b.width / 2, y: m.f + b.y + b.height / 2 };
  };
  const reveal = (box) => { // readable size, in the middle unless it is in sight already
    const width = Math.min(view.w, main.clientWidth * 1.3);
    const { x, y } = middle(box);
    const inside = x > view.x + 120 && x < view.x + view.w - 120 && y > view.y + 60 && y < view.y + view.h - 60;
    if (inside && width === view.w) return;
    view.w = width;
    view.h = width / ratio();
    view.x = x - view.w / 2;
    view.y = y - view.h / 2;
    show();
  };

  main.addEventListener("wheel", (event) => {
    event.preventDefault();
    const place = main.getBoundingClientRect();
    if (event.shiftKey) pan(event.deltaY + event.deltaX, 0);
    else zoom(Math.exp(event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), event.clientX - place.left, event.clientY - place.top);
  }, { passive: false });
  let held = null;
  main.addEventListener("pointerdown", (event) => {
    if (event.button === 0) held = { x: event.clientX, y: event.clientY, moved: false };
  });
  window.addEventListener("pointermove", (event) => {
    if (!held) return;
    const dx = event.clientX - held.x, dy = event.clientY - held.y;
    if (!held.moved && Math.hypot(dx, dy) < 4) return;
    held = { x: event.clientX, y: event.clientY, moved: true };
    main.classList.add("dragged");
    pan(-dx, -dy);
  });
  window.addEventListener("pointerup", (event) => {
    const drag = held;
    held = null;
    main.classList.remove("dragged");
    if (!drag || drag.moved || !(event.target instanceof Element)) return;
    const box = event.target.closest(".box[id]");
    if (box) choose(box);
    else if (main.contains(event.target)) choose(null);
  });
  new ResizeObserver(() => { shaped(); show(); }).observe(main);

  // ---- one action

  const element = (name, text, parent) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (parent) parent.append(made);
    return made;
  };
  const ways = (id, from, to) => links.filter((link) => link.dataset[from] === id)
    .map((link) => ({ id: link.dataset[to] || head(link, from), text: label(link), lit: link.classList.contains("lit") }))
    .filter((way) => way.id);
  const head = (link, from) => { // a link to the head of a lane goes on to the lane's first action
    if (from !== "from") return "";
    const entry = links.find((other) => other.classList.contains("entry") && other.dataset.lane === link.dataset.lane);
    return entry ? entry.dataset.to : "";
  };
  const label = (link) => (link.querySelector("title").textContent.split("\n")[1] || "");
  const list = (title, items) => {
    if (!items.length) return;
    element("h3", title, panel);
    const ul = element("ul", undefined, panel);
    for (const item of items) {
      const button = element("button", data.boxes[item.id].name, element("li", undefined, ul));
      if (item.text) element("small", `  ${item.text}`, button);
      button.addEventListener("click", () => choose(document.getElementById(item.id), true));
    }
  };
  const describe = (id) => {
    const box = data.boxes[id];
    panel.replaceChildren();
    const close = element("button", "×", panel);
    close.className = "close";
    close.setAttribute("aria-label", "close");
    close.addEventListener("click", () => choose(null));
    element("h2", box.name, panel);
    element("p", [box.title, box.lane, box.place].filter(Boolean).join(" · "), panel).className = "facts";
    if (box.steps) element("p", `step ${box.steps.join(", ")} of the run`, panel).className = "facts";
    if (box.detail) element("p", box.detail, panel);
    if (box.source) {
      element("h3", "Source", panel);
      element("pre", box.source, panel).tabIndex = 0;
    }
    if (box.fields.length) {
      element("h3", "Fields", panel);
      const dl = element("dl", undefined, panel);
      for (const [name, value] of box.fields) { element("dt", name, dl); element("dd", value, dl); }
    }
    list("Goes to", ways(id, "from", "to"));
    list("Comes from", ways(id, "to", "from"));
    panel.scrollTop = 0;
  };
  const choose = (box, go = false) => {
    if (chosen) chosen.classList.remove("chosen");
    chosen = box;
    for (const link of links) link.classList.toggle("near", !!box && (link.dataset.from === box.id || link.dataset.to === box.id));
    panel.hidden = !box;
    if (!box) return;
    box.classList.add("chosen");
    describe(box.id);
    if (go) reveal(box);
    box.focus({ preventScroll: true });
  };

  for (const box of boxes) {
    const facts = data.boxes[box.id];
    box.setAttribute("tabindex", "0");
    box.setAttribute("role", "button");
    box.setAttribute("aria-label", [facts.name, facts.title, facts.detail].filter(Boolean).join(", "));
    box.addEventListener("focus", () => { if (box.matches(":focus-visible")) reveal(box); });
  }

  // ---- search

  const look = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = words.length ? boxes.filter((box) => words.every((word) => data.boxes[box.id].text.includes(word))) : [];
    at = -1;
    svg.classList.toggle("searched", words.length > 0);
    for (const box of boxes) box.classList.toggle("found", found.includes(box));
    say.textContent = words.length ? `${found.length} found` : "";
  };
  const next = (by) => {
    if (!found.length) return;
    at = (at + by + found.length) % found.length;
    say.textContent = `${at + 1} of ${found.length}`;
    choose(found[at], true);
    search.focus();
  };
  search.addEventListener("input", look);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") next(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") { search.value = ""; look(); search.blur(); }
    event.stopPropagation();
  });

  // ---- the run

  const go = (by) => {
    if (!data.steps.length) return;
    step = Math.min(Math.max(step + by, 0), data.steps.length - 1);
    const now = data.steps[step];
    document.getElementById("step").textContent =
      `step ${step + 1} of ${data.steps.length}, ${(now.at / 1000).toFixed(1)} s${now.output ? `, ${now.output}` : ""}`;
    choose(document.getElementById(now.box), true);
  };

  // ---- keys and buttons

  const along = (box, from, to) => {
    const all = ways(box.id, from, to);
    const way = all.find((one) => one.lit) || all[0];
    if (way) choose(document.getElementById(way.id), true);
  };
  const beside = (box, by) => {
    const here = middle(box);
    const row = boxes.filter((other) => Math.abs(middle(other).y - here.y) < 40).sort((a, b) => middle(a).x - middle(b).x);
    const other = row[row.indexOf(box) + by];
    if (other) choose(other, true);
  };
  const keys = {
    "+": () => zoom(0.8), "=": () => zoom(0.8), "-": () => zoom(1.25), "0": fit, "/": () => search.focus(),
    n: () => go(1), p: () => go(-1), Escape: () => choose(null),
    ArrowDown: (box) => (box ? along(box, "from", "to") : pan(0, 80)),
    ArrowUp: (box) => (box ? along(box, "to", "from") : pan(0, -80)),
    ArrowLeft: (box) => (box ? beside(box, -1) : pan(-80, 0)),
    ArrowRight: (box) => (box ? beside(box, 1) : pan(80, 0)),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || panel.contains(event.target)) {
      if (event.key === "Escape") choose(null);
      return;
    }
    const box = event.target instanceof Element ? event.target.closest(".box[id]") : null;
    if (box && (event.key === "Enter" || event.key === " ")) { choose(box); event.preventDefault(); return; }
    if (keys[event.key]) { keys[event.key](box); event.preventDefault(); }
  });
  const buttons = { in: () => zoom(0.8), out: () => zoom(1.25), fit, before: () => go(-1), after: () => go(1) };
  for (const [name, does] of Object.entries(buttons)) {
    const button = document.getElementById(name);
    if (button) button.addEventListener("click", does);
  }
  fit();
  if (view.w > main.clientWidth * 2.2) { // too small to read: begin at the beginning instead
    Object.assign(view, { x: 0, y: 0, w: main.clientWidth * 1.3 });
    shaped();
    show();
  }
  const linked = location.hash ? boxes.find((box) => box.id === location.hash.slice(1)) : null;
  if (linked) choose(linked, true);
})();
