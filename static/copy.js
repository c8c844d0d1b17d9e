// Copies text for the reader: citations, addresses.

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedByCommand(text); // outside of https there is no clipboard to write to
  }
}

function copiedByCommand(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  focused?.focus({ preventScroll: true });
  return done;
}

// A button with data-copy copies the text of the element of that id, and says so in the output beside it.
export function copyOnClick(root) {
  for (const button of root.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const done = await copy(document.getElementById(button.dataset.copy).textContent);
      if (done) tell(button.parentElement.querySelector("output"));
    });
  }
}

const SHOWN = 3000; // milliseconds

export function tell(output) {
  output.textContent = output.dataset.copied;
  setTimeout(() => { output.textContent = ""; }, SHOWN);
}
