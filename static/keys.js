// Shortcuts of one character. A reader can switch them off on the page of help (WCAG 2.1.4), and none acts while typing.

const SETTING = "dateline-keys"; // in localStorage: "off", or anything else for on

function areOff() {
  try {
    return localStorage.getItem(SETTING) === "off";
  } catch {
    return false; // storage is blocked, and with it the switch
  }
}

const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  const held = event.ctrlKey || event.metaKey || event.altKey;
  if (held || event.defaultPrevented || event.isComposing || isTyping(event.target) || areOff()) return;
  const action = actions[event.key] ?? pressing(event.key);
  if (action && action() !== false) event.preventDefault();
});

// A button that names its key is pressed by it.
function pressing(key) {
  const button = document.querySelector(`button[aria-keyshortcuts="${CSS.escape(key)}"]`);
  return button?.checkVisibility() ? () => button.click() : undefined;
}

const titles = [...document.querySelectorAll(".hit h2 a, .leads h3 a")];
function toTitle(step) {
  const at = titles.findIndex((title) => title.closest("li").contains(document.activeElement));
  const next = titles[at < 0 && step < 0 ? titles.length - 1 : at + step];
  if (!next) return false; // the key is left to the browser
  next.focus();
}

function toBox() {
  const box = document.getElementById("q");
  box.focus();
  box.select();
}

const actions = {
  "/": toBox,
  "?": () => location.assign(`${document.querySelector("a[rel=help]").href}#keys`),
  j: () => toTitle(1),
  k: () => toTitle(-1),
};

const choice = document.getElementById("keys-on");
if (choice) {
  choice.checked = !areOff();
  choice.closest("[hidden]").hidden = false;
  choice.addEventListener("change", () => localStorage.setItem(SETTING, choice.checked ? "on" : "off"));
}
