// From mark to mark, by buttons and by the keys n and p; round and round.

import { onKey } from "./keys.js";

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

export function stepThroughMarks(story) {
  story.querySelectorAll(".step").forEach((step) => step.remove());
  const bar = story.querySelector(".marks");
  if (!bar) return;
  const count = Number(bar.dataset.marks);
  const output = bar.querySelector("output");
  let now = Number(/^#m(\d+)$/.exec(location.hash)?.[1] ?? 0);

  function show(number, key) {
    now = number;
    story.querySelectorAll("mark.now").forEach((mark) => mark.classList.remove("now"));
    const mark = document.getElementById(`m${now}`);
    mark.classList.add("now");
    output.textContent = output.dataset.words.replace("#", now);
    mark.scrollIntoView({ block: "center", behavior: stillness.matches ? "instant" : "smooth" });
    if (key) focus(mark); // so that reading goes on from here; a button that was pressed keeps the focus
  }

  function step(by, key = false) {
    show(now ? ((now - 1 + by + count) % count) + 1 : by > 0 ? 1 : count, key);
  }

  bar.querySelector(".plain").remove();
  bar.querySelector(".stepper").hidden = false;
  bar.querySelectorAll("button").forEach((button) => {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  });
  onKey("n", () => step(1, true));
  onKey("p", () => step(-1, true));
  if (now) show(Math.min(now, count));
}

function focus(mark) {
  mark.tabIndex = -1;
  mark.focus({ preventScroll: true });
}
