// The script of the page on a person's key: whether this browser holds the key that the roster has,
// and a request to enrol a new one.
//
// What the page gives:
//
//   <div data-key data-person="ROSTER-ID" data-thumbprint="...">       of Person.jwk
//     <p data-held hidden>...</p>       shown where this browser holds the enrolled key
//     <p data-not-held hidden>...</p>   shown where it does not
//   </div>
//   <form method="post" action="..." data-enrol data-person="ROSTER-ID" data-thumbprint="..."
//         data-credentials="ID ID">                      the passkeys that the roster has in force
//     <input type="hidden" name="request">
//     <button type="submit">Make a new key in this browser</button>
//   </form>
//   <script type="module" src=".../js/enrol.js"></script>
//
// On submission a new key is made and kept here, and the request (read in Python by
// portcullis.agreements.enrolment) goes into `request`. The former key stays, and signs until the
// roster has the new one.

import { enrolmentRequest, heldKey, makeKey } from "./keystore.js";
import { tell, untell } from "./telling.js";
import { bySomethingEnrolled } from "./token.js";

async function show(place) {
  const { person, thumbprint } = place.dataset;
  const held = await heldKey(person, thumbprint);
  place.querySelector("[data-held]").hidden = held === null;
  place.querySelector("[data-not-held]").hidden = held !== null;
}

async function makeAndSend(form) {
  untell(form);
  form.ariaBusy = "true";
  try {
    const made = await makeKey(form.dataset.person);
    const byOld = (statement) => bySomethingEnrolled(statement, form.dataset);
    form.elements.namedItem("request").value = await enrolmentRequest(made, byOld);
    HTMLFormElement.prototype.submit.call(form);
  } catch (error) {
    form.ariaBusy = "false";
    tell(form, error);
  }
}

for (const place of document.querySelectorAll("[data-key]")) {
  show(place).catch((error) => tell(place, error));
}

for (const form of document.querySelectorAll("form[data-enrol]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.ariaBusy !== "true") {
      makeAndSend(form);
    }
  });
  addEventListener("pageshow", () => {
    form.ariaBusy = "false";
  });
}
