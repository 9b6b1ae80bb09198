// Tells whoever has a page open that their session is about to end, before what they type is lost.
const notice = document.querySelector("[data-idle]");
let waiting;

function wait() {
  notice.hidden = true;
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    notice.hidden = false;
  }, 1000 * Number(notice.dataset.idle));
}

if (notice) {
  wait();
  // A page that asks by itself is no sign of life: the office counts none of its questions either.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.requestConfig.verb !== "get") wait();
  });
}
