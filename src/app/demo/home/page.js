// What an application does with the session: out of the address at once, then asked whose it is.
"use strict";

const session = new URLSearchParams(location.hash.slice(1)).get("session");
history.replaceState(null, "", location.pathname + location.search);

async function whose() {
  const headers = { authorization: `Bearer ${session}` };
  const answer = await fetch("/v1/apps/default/me", { headers });
  const me = await answer.json();
  return answer.ok ? `Logged in as ${me.email}.` : `Nobody is logged in: ${me.title}.`;
}

if (session) {
  const status = document.querySelector("#whose");
  whose().then(
    (text) => (status.textContent = text),
    () => (status.textContent = "The demo does not answer."),
  );
}
