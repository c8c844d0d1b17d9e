// A link to a chosen passage: the paragraph's anchor, and a text fragment, which browsers scroll to and highlight
// (https://wicg.github.io/scroll-to-text-fragment/).

import { copy, tell } from "./copy.js";

const BLOCKS = "h1, .summary li, .body p, .captions li";
const LONGEST_QUOTED = 160; // characters; of longer passages the first and the last words stand for all
const ENDS = 5; // so many of them, at first
const CONTEXT = 12; // words before or after at most, where the same words stand elsewhere too
const WORD = /[\p{L}\p{N}]/u;

export function offerPassages(story) {
  const bar = story.querySelector(".bar");
  const box = bar.querySelector(".passage");
  const [button, label, input, output] = ["button", "label", "input", "output"].map((name) => box.querySelector(name));
  const shownAlways = !bar.hidden;
  const permalink = document.querySelector("link[rel=canonical]").href;
  let address = null, giving = false;

  document.addEventListener("selectionchange", () => {
    if (giving || box.contains(document.activeElement)) return; // a copy may move the selection
    address = addressOf(getSelection(), story, permalink);
    show(address !== null);
  });
  button.addEventListener("pointerdown", (event) => event.preventDefault()); // which would end the selection
  button.addEventListener("click", () => give(address));

  for (const pilcrow of story.querySelectorAll(".pilcrow")) {
    pilcrow.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault(); // the page would be loaded anew, without its marks
      location.hash = new URL(pilcrow.href).hash;
      give(pilcrow.href);
    });
  }

  function show(offered) {
    box.hidden = !offered;
    bar.hidden = !offered && !shownAlways;
    label.hidden = input.hidden = true;
    output.textContent = "";
  }

  async function give(link) {
    show(true);
    input.value = address = link;
    giving = true;
    const copied = await copy(link);
    giving = false;
    label.hidden = input.hidden = copied; // what could not be copied can be taken by hand
    if (copied) tell(output);
    else input.select();
  }
}

function addressOf(selection, story, permalink) {
  const passage = selection.isCollapsed ? null : passageOf(selection.getRangeAt(0), story);
  return passage && `${permalink}#${passage.anchor}:~:text=${directive(passage, plain(story.innerText))}`;
}

// The first and the last block that a range reaches into, and from where to where, grown to whole words.
function passageOf(range, story) {
  const reached = [...story.querySelectorAll(BLOCKS)].filter((block) => within(range, block));
  if (!reached.length) return null;
  const [head, tail] = [reached[0], reached.at(-1)];
  const [start] = within(range, head);
  const [, end] = within(range, tail);
  return {
    anchor: head.id,
    head: head.textContent,
    tail: tail.textContent,
    between: reached.slice(1, -1).map((block) => block.textContent),
    whole: head === tail,
    start: segments(head.textContent).containing(start).index,
    end: endOf(segments(tail.textContent).containing(end - 1)),
  };
}

// Where the text that a range holds of a block begins and ends, white space aside; null where it holds no word.
function within(range, block) {
  if (!range.intersectsNode(block)) return null;
  const before = document.createRange();
  before.selectNodeContents(block);
  const inside = before.cloneRange();
  if (range.compareBoundaryPoints(Range.START_TO_START, inside) > 0) inside.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, inside) < 0) inside.setEnd(range.endContainer, range.endOffset);
  before.setEnd(inside.startContainer, inside.startOffset);
  const [skipped, held] = [before.toString(), inside.toString()];
  const start = skipped.length + held.length - held.trimStart().length;
  return WORD.test(held) ? [start, start + held.trim().length] : null;
}

// `[prefix-,]start[,end][,-suffix]`, with so much around it that nothing else on the page fits.
function directive(passage, page) {
  const short = passage.whole && passage.end - passage.start <= LONGEST_QUOTED;
  return short ? quoted(passage, page) : ends(passage, page);
}

function quoted({ head, start, end }, page) {
  const text = head.slice(start, end);
  let [before, after] = ["", ""];
  for (let words = 1; words <= CONTEXT && !isUnique(before + text + after, page); words++) {
    before = wordsBefore(head, start, words);
    if (!isUnique(before + text + after, page)) after = wordsAfter(head, end, words);
  }
  return joined(before, text, "", after);
}

function ends({ head, tail, between, whole, start, end }, page) {
  const first = wordsAfter(head, start, ENDS);
  const texts = whole ? [head.slice(start)] : [head.slice(start), ...between, tail];
  const onward = plain(texts.join("\n"));
  let [before, last, after] = ["", wordsBefore(tail, end, ENDS), ""];
  for (let words = 1; words <= CONTEXT && !isUnique(before + first, page); words++) before = wordsBefore(head, start, words);
  for (let words = ENDS; words <= CONTEXT && !isUnique(last, onward); words++) last = wordsBefore(tail, end, words);
  for (let words = 1; words <= CONTEXT && !isUnique(last + after, onward); words++) after = wordsAfter(tail, end, words);
  return joined(before, first, last, after);
}

function joined(before, first, last, after) {
  const parts = [before.trim() && `${encoded(before)}-`, encoded(first), encoded(last), after.trim() && `-${encoded(after)}`];
  return parts.filter(Boolean).join(",");
}

// A dash has a meaning of its own in a directive, as have the comma and the ampersand.
const encoded = (text) => encodeURIComponent(text.trim()).replaceAll("-", "%2D");

// As browsers compare: without regard to case and to the kind of white space.
const plain = (text) => text.toLowerCase().replace(/\s+/g, " ").trim();

function isUnique(text, page) {
  const sought = plain(text);
  return page.indexOf(sought) === page.lastIndexOf(sought);
}

const segments = (text) => new Intl.Segmenter(undefined, { granularity: "word" }).segment(text);
const endOf = ({ index, segment }) => index + segment.length;
const words = (text) => [...segments(text)].filter((part) => part.isWordLike);

function wordsBefore(text, place, count) {
  const found = words(text.slice(0, place)).slice(-count);
  return found.length ? text.slice(found[0].index, place) : "";
}

function wordsAfter(text, place, count) {
  const found = words(text.slice(place)).slice(0, count);
  return found.length ? text.slice(place, place + endOf(found.at(-1))) : "";
}
