// Telling the person what went wrong: in the page, in plain words, where the keyboard's focus goes.

/** What a person is told: what happened, and what to do about it. */
export class Problem extends Error {
  constructor(message, remedy = "") {
    super(message);
    this.remedy = remedy;
  }
}

/** Show `error` at the start of `form`, as an alert, and move the focus to it. */
export function tell(form, error) {
  const known = error instanceof Problem;
  const alert = element("div", "usa-alert usa-alert--error");
  const body = element("div", "usa-alert__body");
  body.append(
    element("p", "usa-alert__heading", known ? error.message : "That did not work."),
    element("p", "usa-alert__text", known ? error.remedy : "Load the page again and try once more."),
  );
  alert.append(body);
  const place = placeIn(form);
  place.replaceChildren(alert);
  place.hidden = false;
  place.focus();
}

/** Take away what `tell` showed in `form`. */
export function untell(form) {
  const place = placeIn(form);
  place.replaceChildren();
  place.hidden = true;
}

/** An element with a class and a text; the text is never read as markup. */
export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function placeIn(form) {
  let place = form.querySelector("[data-problem]");
  if (place === null) {
    place = element("div");
    place.dataset.problem = "";
    place.setAttribute("role", "alert");
    place.tabIndex = -1;
    place.hidden = true;
    form.prepend(place);
  }
  return place;
}
