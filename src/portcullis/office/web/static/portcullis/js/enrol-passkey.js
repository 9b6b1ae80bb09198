// The script of the page on a person's keys: a request to have a passkey enrolled on the roster.
//
// What the page gives:
//
//   <script type="application/json" id="ID">{...}</script>     the statement (Django's json_script)
//   <form method="post" action="..." data-enrol-passkey="ID"
//         data-credential="..."           the credential id (base64url) of the passkey
//         data-person data-thumbprint     of the person, as the roster has them
//         data-credentials="ID ID">       the passkeys that the roster has in force
//     <input type="hidden" name="request">
//     <button type="submit">Ask to have it enrolled</button>
//   </form>
//
// The passkey signs the statement, which proves that it is at hand; and what the roster has of the
// person signs the same, where it is here. The request is read by portcullis.agreements.enrolment.

import { assertedBy } from "./passkey.js";
import { tell, untell } from "./telling.js";
import { bySomethingEnrolled } from "./token.js";

async function askAndSend(form) {
  untell(form);
  form.ariaBusy = "true";
  try {
    const place = document.getElementById(form.dataset.enrolPasskey);
    const statement = JSON.parse(place.textContent);
    const made = await assertedBy(statement, [form.dataset.credential]);
    const old = await bySomethingEnrolled(statement, form.dataset);
    const request = { format: statement.format, new: made, old };
    form.elements.namedItem("request").value = JSON.stringify(request);
    HTMLFormElement.prototype.submit.call(form);
  } catch (error) {
    form.ariaBusy = "false";
    tell(form, error);
  }
}

for (const form of document.querySelectorAll("form[data-enrol-passkey]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.ariaBusy !== "true") {
      askAndSend(form);
    }
  });
  addEventListener("pageshow", () => {
    form.ariaBusy = "false";
  });
}
