/* Keys and live touches. Without it nothing is missing: every key is a link or a button, every
   number stands in the page. It puts text only where text is, never markup. */
(() => {
  "use strict";
  const STILL_MS = 300; // no decision is taken while the page is still moving
  const LOOK_MS = 5000;
  const opened = performance.now();
  const find = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];

  for (const one of all("[data-opens], [data-copies]")) one.hidden = false;

  // Keys -----------------------------------------------------------------------------------------
  const writes = (place) => place.closest && place.closest("input, textarea, select, [contenteditable]");
  const press = (target) => {
    if (target.disabled || target.getAttribute("aria-busy")) return;
    if (target.matches("input")) {
      target.focus();
      target.select();
    } else {
      target.click();
    }
    const panel = target.closest("details[open]");
    if (panel && target.matches("summary")) panel.querySelector("input:not([type=hidden]), select")?.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && writes(event.target)) {
      event.target.blur();
      return;
    }
    if (event.target.matches?.("textarea") && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.target.form?.querySelector("[data-save]")?.click();
      return;
    }
    const busy = event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing;
    if (busy || writes(event.target) || find("dialog[open]")) return;
    if (performance.now() - opened < STILL_MS || event.key.length !== 1) return;
    const target = all("[data-key]").find((one) => one.dataset.key === event.key.toLowerCase());
    if (!target) return;
    event.preventDefault();
    press(target);
  });

  // A form goes once -----------------------------------------------------------------------------
  document.addEventListener("submit", (event) => {
    if (event.target.method === "dialog") return;
    if (event.target.dataset.gone) {
      event.preventDefault();
      return;
    }
    event.target.dataset.gone = "1";
    const button = event.submitter;
    if (button?.dataset.busy) {
      button.style.width = `${button.offsetWidth}px`;
      button.setAttribute("aria-busy", "true");
      button.firstChild.textContent = button.dataset.busy;
    }
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // what stood here may have been decided meanwhile
  });

  // The palette: everything this page offers, by its words -----------------------------------------
  const palette = document.getElementById("palette");
  const offers = () => {
    const words = (place) => (place.getAttribute("aria-label") || place.textContent).replace(/\s+/g, " ").trim();
    const seen = new Set();
    return all("nav a, .views a, .group-h a, .issues h2 a, a.btn, summary.btn, button.btn").filter((one) => {
      if (palette.contains(one) || one.closest("dialog") || one.disabled || !one.getClientRects().length) return false;
      one.offer = words(one);
      return one.offer && !seen.has(one.offer) && seen.add(one.offer);
    });
  };
  const jump = (text) => {
    const issue = /^(?:gs-?)(\d{1,9})$/i.exec(text.trim());
    const draft = /^draft (\d{1,9})$/i.exec(text.trim());
    if (issue) return { offer: `Issue GS-${issue[1]}`, click: () => location.assign(`/console/issues/GS-${issue[1]}`) };
    if (draft) return { offer: `Draft ${draft[1]}`, click: () => location.assign(`/console/drafts/${draft[1]}`) };
    return { offer: `Search drafts for “${text.trim()}”`, click: () => location.assign(`/console/?q=${encodeURIComponent(text.trim())}`) };
  };
  let found = [];
  let chosen = 0;
  const show = () => {
    const field = palette.querySelector("input");
    const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = palette.offers.filter((one) => wanted.every((word) => one.offer.toLowerCase().includes(word))).slice(0, 9);
    if (wanted.length) found.push(jump(field.value));
    chosen = Math.max(Math.min(chosen, found.length - 1), 0);
    const list = palette.querySelector("ul");
    list.replaceChildren(
      ...found.map((one, at) => {
        const row = document.createElement("li");
        row.id = `offer-${at}`;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", String(at === chosen));
        row.textContent = one.offer;
        row.addEventListener("click", () => take(one));
        return row;
      }),
    );
    if (found.length) field.setAttribute("aria-activedescendant", `offer-${chosen}`);
  };
  const take = (one) => {
    palette.close();
    if (!one) return;
    if (one instanceof Element) press(one);
    else one.click();
  };
  document.addEventListener("keydown", (event) => {
    if (!palette || event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (palette.open || find("dialog[open]")) return;
    palette.offers = offers();
    palette.querySelector("input").value = "";
    chosen = 0;
    palette.showModal();
    show();
  });
  palette?.querySelector("input").addEventListener("input", () => {
    chosen = 0;
    show();
  });
  palette?.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      chosen = (chosen + step + found.length) % Math.max(found.length, 1);
      show();
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(found[chosen]);
    }
  });

  // Help and copying -----------------------------------------------------------------------------
  document.addEventListener("click", async (event) => {
    const opens = event.target.closest("[data-opens]");
    if (opens) document.getElementById(opens.dataset.opens).showModal();
    const copies = event.target.closest("[data-copies]");
    if (!copies) return;
    const text = document.getElementById(copies.dataset.copies);
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      copies.textContent = "Copied";
    } catch {
      copies.textContent = "Selected: copy it with your keys";
    }
  });

  // The list keeps the row in sight, without moving anything else ---------------------------------
  const current = find(".row[aria-current]");
  const list = find(".list");
  if (current && list && list.scrollHeight > list.clientHeight) {
    const place = current.offsetTop - list.offsetTop;
    if (place > list.clientHeight - 120) list.scrollTop = place - list.clientHeight / 2;
  }
  find("#notice")?.focus({ preventScroll: true });

  // Undo -----------------------------------------------------------------------------------------
  const undo = find("[data-undo]");
  const seconds = undo ? Number(undo.dataset.undo) : 0;
  if (undo && seconds > 0 && find("[data-count]")) {
    const ends = opened + seconds * 1000;
    undo.style.setProperty("--drain", `${seconds}s`);
    undo.classList.add("drains");
    const timer = setInterval(() => {
      const left = Math.ceil((ends - performance.now()) / 1000);
      const count = find("[data-count]");
      if (left > 0) {
        count.textContent = String(left);
        return;
      }
      clearInterval(timer);
      undo.classList.remove("drains");
      undo.querySelector("p").textContent = "It is leaving now.";
      if (!undo.contains(document.activeElement)) undo.querySelector("form").hidden = true;
    }, 250);
  }

  // News: said, never moved into view by itself --------------------------------------------------
  if (!list && !find("[data-live]")) return;
  const tell = (words, address) => {
    const place = find("#live");
    place.textContent = "";
    const link = document.createElement("a");
    link.href = address;
    link.textContent = words;
    place.append(link);
    place.hidden = false;
  };
  const paused = Boolean(find("form[action='/console/resume']"));
  const look = async () => {
    if (document.hidden) return;
    let news;
    try {
      const answer = await fetch("/console/live", { headers: { Accept: "application/json" } });
      if (answer.status === 401) return tell("Your log-in has ended. Log in again.", "/console/login");
      if (!answer.ok) return;
      news = await answer.json();
    } catch {
      return; // the next look tells
    }
    for (const place of all("[data-live]")) {
      const number = String(news[place.dataset.live]);
      if (place.textContent === number) continue;
      place.textContent = number;
      place.classList.add("changed");
    }
    if (news.paused !== paused) {
      tell(news.paused ? "Sending was paused. Look again." : "Sending goes on. Look again.", location.href);
    }
    const fresh = find("#fresh");
    if (!fresh || list.dataset.tray !== "approve") return;
    const known = new Set(list.dataset.ids.split(" ").map(Number));
    const count = news.approve.filter((id) => !known.has(id)).length;
    fresh.hidden = count === 0 || Boolean(new URLSearchParams(location.search).get("q"));
    fresh.textContent = `${count} new`;
  };
  setInterval(look, LOOK_MS);
})();
