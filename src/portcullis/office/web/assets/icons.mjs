// The sprite, cut down to the icons that pages use.
export const ICONS = [
  "account_circle",
  "arrow_back",
  "arrow_forward",
  "calendar_today",
  "cancel",
  "check",
  "check_circle",
  "check_circle_outline",
  "close",
  "error",
  "expand_more",
  "file_download",
  "file_present",
  "filter_list",
  "history",
  "info",
  "lock",
  "lock_open",
  "logout",
  "navigate_before",
  "navigate_next",
  "notifications",
  "person",
  "schedule",
  "search",
  "security",
  "settings",
  "upload_file",
  "verified_user",
  "visibility",
  "visibility_off",
  "warning",
];
/** Return the sprite with only these icons; a name that it lacks stops the build. */
export const drawn = (sprite, icons) => {
  const symbols = icons.map((name) => {
    const found = sprite.match(new RegExp(`<symbol[^>]*\\bid="${name}"[^>]*>.*?</symbol>`, "s"));
    if (found === null) throw new Error(`The sprite has no icon ${name}`);
    return found[0];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
};
