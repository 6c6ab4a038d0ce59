// Shows mails as they come. Without it the pages are complete, and one looks again by hand.

const say = (text) => {
  document.getElementById("status").textContent = text;
};

let news;
let fetching = Promise.resolve();

function listen() {
  news ??= new EventSource("/demo/outbox.events");
  news.onopen = () => say("");
  news.onerror = () => say("The demo does not answer.");
  news.onmessage = ({ data }) => {
    // One after the other, so that an older list never comes after a newer one.
    fetching = fetching.then(() => catchUp(data)).catch(() => {});
  };
}

// A browser has few connections to one host: a page that nobody sees holds none.
function rest() {
  news?.close();
  news = undefined;
}

async function catchUp(newest) {
  const shown = document.getElementById("mails");
  if (shown.dataset.newest === newest) return;
  const page = await (await fetch(location.href, { cache: "no-store" })).text();
  const list = new DOMParser().parseFromString(page, "text/html").getElementById("mails");
  const focused = shown.contains(document.activeElement) && document.activeElement.href;
  shown.replaceWith(document.adoptNode(list));
  if (focused) [...list.querySelectorAll("a")].find(({ href }) => href === focused)?.focus();
  const subject = list.querySelector(".subject");
  if (subject) say(`New mail: ${subject.textContent}`);
}

function attend() {
  if (document.hidden) rest();
  else listen();
}

document.addEventListener("visibilitychange", attend);
addEventListener("pageshow", attend);
addEventListener("pagehide", rest);
