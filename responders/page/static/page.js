/* Adds ages to times that the file tells in full. Without it nothing is missing: files say times,
   not ages. The page's own time and the machine's time of writing stand on <html>, because a demo
   plays its day on another clock than the browser's. */
(() => {
  "use strict";
  const root = document.documentElement;
  const house = Date.parse(root.dataset.written);
  const machine = Date.parse(root.dataset.machine);
  if (!house || !machine) return;
  const OLD_MS = 5 * 60 * 1000;

  const span = (ms) => {
    const minutes = Math.floor(Math.abs(ms) / 60000);
    if (minutes < 60) return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
    return `${Math.floor(hours / 24)} days`;
  };

  const update = () => {
    const age = Math.max(Date.now() - machine, 0);
    const now = house + age;
    for (const place of document.querySelectorAll("[data-due]")) {
      const left = Date.parse(place.dataset.due) - now;
      place.textContent = left >= 0 ? `in ${span(left)}` : `${span(left)} ago`;
    }
    for (const place of document.querySelectorAll("[data-age]")) {
      place.textContent = age < 60000 ? "" : `, ${span(age)} ago`;
    }
    for (const place of document.querySelectorAll("[data-old]")) {
      place.hidden = age < OLD_MS;
      place.querySelector("b").textContent = span(age);
    }
  };

  update();
  setInterval(update, 30000);
})();
