// Shortcuts of one character. A reader can switch them off on the page of help (WCAG 2.1.4), and none acts while typing.

const SETTING = "dateline-keys"; // in localStorage: "off", or anything else for on
const actions = new Map();

/** Lets a key do something; an action that returns false leaves the key to the browser. */
export function onKey(key, action) {
  actions.set(key, action);
}

// A button that names its key is pressed by it.
function pressing(key) {
  const button = document.querySelector(`button[aria-keyshortcuts="${CSS.escape(key)}"]`);
  return button?.checkVisibility() ? () => button.click() : undefined;
}

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
  const action = actions.get(event.key) ?? pressing(event.key);
  if (action && action() !== false) event.preventDefault();
});

const box = document.getElementById("q");
onKey("/", () => {
  box.focus();
  box.select();
});
onKey("?", () => location.assign(`${document.querySelector("a[rel=help]").href}#keys`));

const titles = [...document.querySelectorAll(".hit h2 a, .leads h3 a")];
function move(step) {
  const at = titles.findIndex((title) => title.closest("li").contains(document.activeElement));
  const next = titles[at < 0 && step < 0 ? titles.length - 1 : at + step];
  if (!next) return false;
  next.focus();
}
onKey("j", () => move(1));
onKey("k", () => move(-1));

const choice = document.getElementById("keys-on");
if (choice) {
  choice.checked = !areOff();
  choice.closest("[hidden]").hidden = false;
  choice.addEventListener("change", () => localStorage.setItem(SETTING, choice.checked ? "on" : "off"));
}
