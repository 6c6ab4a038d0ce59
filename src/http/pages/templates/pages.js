// Comfort for pages that are complete without it: passwords that can be looked at, mistakes told
// before the form is sent, and forms that are sent once. Every word stands in the page.
"use strict";

// As long as a form takes at most before it may be sent again.
const PATIENCE_MS = 10_000;

for (const form of document.querySelectorAll("form[data-busy]")) {
  const button = form.querySelector("button[type=submit]");
  const status = form.querySelector("[role=status]");
  let sent = false;
  const say = (busy) => {
    sent = busy;
    button.setAttribute("aria-disabled", String(busy));
    status.textContent = busy ? form.dataset.busy : "";
  };
  form.addEventListener("submit", (event) => {
    if (sent) return event.preventDefault();
    say(true);
    setTimeout(say, PATIENCE_MS, false);
  });
  // A page that the browser kept is shown as it was left.
  addEventListener("pageshow", () => say(false));
}

const first = document.querySelector("#new_password");
const second = document.querySelector("#confirm_password");

// Characters as the service counts them: Unicode code points.
function judgeLength() {
  const { min, max, short, long } = first.dataset;
  const length = [...first.value].length;
  const mistake = length > max ? long : length > 0 && length < min ? short : "";
  first.setCustomValidity(mistake);
}

function judgeLikeness() {
  const differ = second.value !== "" && second.value !== first.value;
  second.setCustomValidity(differ ? second.dataset.differ : "");
}

first?.addEventListener("input", judgeLength);
if (first && second) {
  for (const field of [first, second]) field.addEventListener("input", judgeLikeness);
}

for (const reveal of document.querySelectorAll(".reveal")) {
  const box = reveal.querySelector("input");
  const turn = () => {
    for (const field of [first, second]) if (field) field.type = box.checked ? "text" : "password";
  };
  box.addEventListener("change", turn);
  const hide = () => {
    box.checked = false;
    turn();
  };
  // So that no browser keeps a password as a word once typed, nor the box as it was left.
  box.form.addEventListener("submit", hide);
  addEventListener("pageshow", hide);
  reveal.hidden = false;
}
