// What an application does with the session: out of the address at once, then asked whose it is.
"use strict";

const handedOver = new URLSearchParams(location.hash.slice(1));
const session = handedOver.get("session");
history.replaceState(null, "", location.pathname + location.search);

async function whose() {
  const headers = { authorization: `Bearer ${session}` };
  const answer = await fetch("/v1/apps/default/me", { headers });
  const me = await answer.json();
  return answer.ok ? `Logged in as ${me.email}.` : `Nobody is logged in: ${me.title}.`;
}

// Anybody can lay a link to this page, with anything behind its #: it leads to no other site.
function wayOn() {
  const target = handedOver.get("return_to");
  return target && URL.canParse(target) && new URL(target).origin === location.origin ? target : null;
}

if (session) {
  const status = document.querySelector("#whose");
  whose().then(
    (text) => (status.textContent = text),
    () => (status.textContent = "The demo does not answer."),
  );
  if (wayOn()) {
    const on = document.querySelector("#on");
    on.href = wayOn();
    on.parentElement.hidden = false;
  }
}
