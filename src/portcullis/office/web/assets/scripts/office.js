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
