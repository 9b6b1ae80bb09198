// What the pages do beyond what HTML does by itself. Everything stays readable without it.
import accordion from "@uswds/uswds/js/usa-accordion";
import fileInput from "@uswds/uswds/js/usa-file-input";
import navigation from "@uswds/uswds/js/usa-header";
import inPageNavigation from "@uswds/uswds/js/usa-in-page-navigation";
import skipnav from "@uswds/uswds/js/usa-skipnav";
import tooltip from "@uswds/uswds/js/usa-tooltip";

const behaviours = [accordion, navigation, fileInput, inPageNavigation, skipnav, tooltip];

document.addEventListener("DOMContentLoaded", () => {
  for (const behaviour of behaviours) behaviour.on(document.body);
  // A page that came back with errors is read from its summary.
  document.querySelector("[data-focus-first]")?.focus();
});

// allauth tells of a passkey that was not used on the console only; people look at the page.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const main = document.getElementById("main");
  main.querySelector("[data-passkey]")?.remove();
  const alert = document.createElement("div");
  alert.className = "usa-alert usa-alert--error";
  alert.dataset.passkey = "";
  alert.setAttribute("role", "alert");
  const body = document.createElement("div");
  body.className = "usa-alert__body";
  for (const [name, text] of [
    ["usa-alert__heading", "The passkey was not used."],
    ["usa-alert__text", "Try again with a passkey that is enrolled for you here, or go on another way."],
  ]) {
    const line = document.createElement("p");
    line.className = name;
    line.textContent = text;
    body.append(line);
  }
  alert.append(body);
  main.prepend(alert);
});
