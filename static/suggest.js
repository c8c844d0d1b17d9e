// Suggestions while typing: an editable combobox with list autocomplete and manual selection, as the ARIA Authoring
// Practices have it. Focus stays in the box; what was typed is searched, unless an option was chosen.

const PAUSE = 120; // milliseconds without a key before anything is asked for

const box = document.getElementById("q");
const list = document.createElement("ul");
const told = document.createElement("p");
let waiting; // for the pause
let asking; // AbortController of the request under way: an answer that comes late is dropped with it
let active = -1;

const isOpen = () => !list.hidden;

function mark(place) {
  list.children[active]?.removeAttribute("aria-selected");
  active = place;
  const option = list.children[active];
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) box.setAttribute("aria-activedescendant", option.id);
  else box.removeAttribute("aria-activedescendant");
}

function close() {
  clearTimeout(waiting);
  asking?.abort();
  mark(-1);
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  told.textContent = "";
}

function show(values) {
  if (!values.length || document.activeElement !== box) return close();
  mark(-1);
  list.replaceChildren(...values.map(option));
  list.hidden = false;
  box.setAttribute("aria-expanded", "true");
  told.textContent = box.dataset.told.replace("{}", values.length);
}

function option(text, place) {
  const item = document.createElement("li");
  item.id = `suggestion-${place}`;
  item.role = "option";
  item.dir = "auto";
  item.textContent = text;
  return item;
}

function address() {
  const form = new FormData(box.form);
  const narrowing = box.dataset.with.split(" ").flatMap((name) => form.getAll(name).map((value) => [name, value]));
  return `${box.dataset.suggest}?${new URLSearchParams([["q", box.value], ...narrowing])}`;
}

async function ask() {
  asking?.abort();
  const typed = box.value;
  if (!typed.trim() || box.selectionEnd < typed.length) return close();
  asking = new AbortController();
  try {
    const answer = await fetch(address(), { signal: asking.signal });
    const [, values] = answer.ok ? await answer.json() : [typed, []];
    if (box.value === typed) show(values);
  } catch (error) {
    if (error.name !== "AbortError") close(); // without an answer the box is what it is without a script
  }
}

function askSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(ask, PAUSE);
}

function choose(option) {
  box.value = option.textContent;
  close();
  box.form.requestSubmit();
}

// From the box through the options and back to the box.
function move(step) {
  if (!isOpen()) return ask();
  const places = list.children.length + 1;
  mark(((active + 1 + step + places) % places) - 1);
}

const keys = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  Enter: () => (isOpen() && active >= 0 ? choose(list.children[active]) : false),
  Escape: () => {
    if (isOpen()) close();
    else box.value = "";
  },
};

box.type = "text"; // a search box may not have the role
box.role = "combobox";
box.autocomplete = "off";
box.enterKeyHint = "search";
box.setAttribute("aria-autocomplete", "list");
box.setAttribute("aria-haspopup", "listbox");
box.setAttribute("aria-controls", "suggestions");
list.id = "suggestions";
list.role = "listbox";
list.className = "suggestions";
list.setAttribute("aria-label", box.dataset.label);
told.role = "status";
told.className = "visually-hidden";
close();
box.closest(".line").append(list, told);

box.addEventListener("input", (event) => {
  mark(-1);
  if (!event.isComposing) askSoon();
});
box.addEventListener("compositionend", askSoon);
box.addEventListener("blur", close);
box.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) mark(-1);
  if (keys[event.key] && keys[event.key]() !== false) event.preventDefault();
});
box.form.addEventListener("submit", close);
list.addEventListener("pointerdown", (event) => event.preventDefault()); // or the box would lose the focus
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) choose(option);
});
