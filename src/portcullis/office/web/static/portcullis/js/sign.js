// The script of the page "Sign": the person reads a statement and signs it here, in the browser.
//
// What the page gives:
//
//   <script type="application/json" id="statement">{...}</script>      Django's json_script
//   <form method="post" action="..." data-sign
//         data-kind="passkey" or "any"    passkey: an act that binds. any: this browser's own key
//                                         signs where it is held here, a passkey where not
//         data-person="ROSTER-ID"
//         data-thumbprint="..."           of Person.jwk, the key that the roster has
//         data-credentials="ID ID"        credential ids (base64url) of the person's passkeys
//     <input type="hidden" name="token">
//     <button type="submit">Sign</button>
//   </form>
//   <script type="module" src=".../js/sign.js"></script>
//
// On submission the token goes into `token` and the form is sent, with the name and value of the
// button that was pressed. Where nothing was signed nothing is sent: an alert at the form's start
// says why and takes the focus. The data block is no script: the Content-Security-Policy lets it be.

import { tell, untell } from "./telling.js";
import { tokenFor } from "./token.js";

async function signAndSend(form, button) {
  untell(form);
  form.ariaBusy = "true";
  try {
    const statement = JSON.parse(document.getElementById("statement").textContent);
    form.elements.namedItem("token").value = await tokenFor(statement, form.dataset);
    send(form, button);
  } catch (error) {
    form.ariaBusy = "false";
    tell(form, error);
  }
}

function send(form, button) {
  const pressed = document.createElement("input");
  pressed.type = "hidden";
  pressed.name = button?.name ?? "";
  pressed.value = button?.value ?? "";
  form.append(pressed);
  // Not `requestSubmit`: that would come back here.
  HTMLFormElement.prototype.submit.call(form);
  pressed.remove();
}

for (const form of document.querySelectorAll("form[data-sign]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.ariaBusy !== "true") {
      signAndSend(form, event.submitter);
    }
  });
  // Come back to by the "back" button, the page can sign again.
  addEventListener("pageshow", () => {
    form.ariaBusy = "false";
  });
}
