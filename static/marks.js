// From mark to mark by buttons, which keys.js lets keys press; round and round.

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

export function stepThroughMarks(story) {
  story.querySelectorAll(".step").forEach((step) => step.remove());
  const bar = story.querySelector(".marks");
  if (!bar) return;
  const count = Number(bar.dataset.marks);
  const output = bar.querySelector("output");
  let now = Number(/^#m(\d+)$/.exec(location.hash)?.[1] ?? 0);

  function show(number, byKey = false) {
    now = number;
    story.querySelectorAll("mark.now").forEach((mark) => mark.classList.remove("now"));
    const mark = document.getElementById(`m${now}`);
    mark.classList.add("now");
    output.textContent = output.dataset.words.replace("#", now);
    mark.scrollIntoView({ block: "center", behavior: stillness.matches ? "instant" : "smooth" });
    if (byKey) focus(mark); // so that reading goes on from here; a button that was pressed keeps the focus
  }

  function step(by, byKey) {
    show(now ? ((now - 1 + by + count) % count) + 1 : by > 0 ? 1 : count, byKey);
  }

  bar.querySelector(".plain").remove();
  bar.querySelector(".stepper").hidden = false;
  bar.querySelectorAll("button").forEach((button) => {
    button.addEventListener("click", () => step(Number(button.dataset.step), document.activeElement !== button));
  });
  if (now) show(Math.min(now, count));
}

function focus(mark) {
  mark.tabIndex = -1;
  mark.focus({ preventScroll: true });
}
