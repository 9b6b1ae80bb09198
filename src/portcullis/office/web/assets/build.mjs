// Builds what the office's pages are dressed in: node build.mjs [folder].
// The result is committed in ../static/portcullis/look; MANIFEST.json there names each file's digest.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";
import postcss from "postcss";
import values from "postcss-value-parser";
import * as sass from "sass";

import { ICONS, drawn } from "./icons.mjs";
import { dark, role } from "./scheme.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = join(HERE, "node_modules");
const USWDS = join(MODULES, "@uswds/uswds");
const OUT = process.argv[2] ?? join(HERE, "../static/portcullis/look");

const FONTS = [
  "public-sans/PublicSans-Regular.woff2",
  "public-sans/PublicSans-SemiBold.woff2",
  "public-sans/PublicSans-Bold.woff2",
  "roboto-mono/roboto-mono-v5-latin-regular.woff2",
];

// Parts of components that no page of ours uses.
const UNUSED = new RegExp(
  [
    "accent-(cool|warm)",
    "usa-card--(flag|media)",
    "usa-collection__calendar",
    "usa-dark-background",
    "usa-footer",
    "usa-graphic",
    "usa-header--",
    "usa-hero",
    "usa-icon-list--",
    "usa-megamenu",
    "usa-nav__(primary|secondary|submenu)",
    "usa-navbar",
    "usa-section--dark",
    "usa-social",
    "usa-table__header__button",
    "--big\\b",
    "\\.width-mobile",
  ].join("|"),
);

// A picture of this name is the design system's own, drawn in light ink (_dark.scss).
const LIGHT = /--light\./;

const NAMED = { white: "#ffffff", black: "#000000" };
const COLOUR = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

const literal = (node) => {
  if (node.type === "word" && (COLOUR.test(node.value) || node.value in NAMED)) {
    const value = (NAMED[node.value] ?? node.value).toLowerCase();
    return value.length === 4 ? `#${[...value.slice(1)].map((c) => c + c).join("")}` : value;
  }
  if (node.type === "function" && /^rgba?$/.test(node.value)) {
    return values.stringify(node).replaceAll(" ", "");
  }
  return null;
};

const name = (part, colour) => `--${part}-${colour.replace(/[^0-9a-z]/g, "")}`;

/** A PostCSS plugin: literal colours become custom properties with a light and a dark value. */
const schemes = () => {
  const light = new Map();
  const night = new Map();
  const named = (property, colour) => {
    const part = role(property);
    const found = dark[part][colour];
    if (found === undefined) {
      throw new Error(`scheme.mjs says no dark ${part} for ${colour} (${property})`);
    }
    light.set(name(part, colour), colour);
    night.set(name(part, colour), found);
    return `var(${name(part, colour)})`;
  };
  const block = (selector, entries) => {
    const sorted = [...entries].sort(([one], [two]) => (one < two ? -1 : 1));
    const nodes = sorted.map(([prop, value]) => postcss.decl({ prop, value }));
    return postcss.rule({ selector, nodes });
  };
  return {
    postcssPlugin: "schemes",
    OnceExit(root) {
      root.walkRules((rule) => {
        const kept = rule.selectors.filter((selector) => !UNUSED.test(selector));
        if (kept.length === 0) rule.remove();
        else if (kept.length < rule.selectors.length) rule.selectors = kept;
      });
      root.walkAtRules((at) => {
        if (at.name === "font-face" && !FONTS.some((font) => at.toString().includes(font))) {
          at.remove();
        } else if (at.nodes?.length === 0) at.remove();
      });
      root.walkDecls((decl) => {
        if (decl.prop.startsWith("--")) return;
        const value = values(decl.value);
        value.walk((node) => {
          const colour = literal(node);
          if (colour === null) return undefined;
          node.type = "word";
          node.value = named(decl.prop, colour);
          return false;
        });
        decl.value = value.toString();
      });
      for (const [part, entries] of Object.entries(dark)) {
        for (const colour of Object.keys(entries)) {
          if (!light.has(name(part, colour))) throw new Error(`no ${part} is ${colour} any more`);
        }
      }
      const media = postcss.atRule({ name: "media", params: "screen and (prefers-color-scheme: dark)" });
      media.append(block(":root", night));
      root.prepend(block(":root", light), media);
    },
  };
};

const put = (name, content) => {
  const target = join(OUT, name);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
};

const styles = async () => {
  const compiled = sass.compile(join(HERE, "styles/portcullis.scss"), {
    loadPaths: [join(USWDS, "packages")],
    quietDeps: true,
    logger: sass.Logger.silent,
  });
  const coloured = await postcss([schemes()]).process(compiled.css, { from: undefined });
  const minified = await esbuild.transform(coloured.css, { loader: "css", minify: true });
  put("css/portcullis.css", minified.code);
  return minified.code;
};

const pictures = (css) => {
  const named = [...css.matchAll(/url\("?\.\.\/img\/([^")]+)"?\)/g)].map((found) => found[1]);
  const ours = new Set(readdirSync(join(HERE, "pictures")));
  for (const name of new Set([...named, ...ours])) {
    const from = ours.has(name) ? join(HERE, "pictures") : join(USWDS, "dist/img");
    const source = readFileSync(join(from, name.replace(LIGHT, ".")), "utf8");
    put(join("img", name), LIGHT.test(name) ? source.replace("<path ", '<path fill="#f0f0f0" ') : source);
  }
  put("img/icons.svg", drawn(readFileSync(join(USWDS, "dist/img/sprite.svg"), "utf8"), ICONS));
};

const scripts = async () => {
  await esbuild.build({
    entryPoints: [join(HERE, "scripts/office.js")],
    outfile: join(OUT, "js/office.js"),
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    legalComments: "none",
  });
  put("js/htmx.js", readFileSync(join(MODULES, "htmx.org/dist/htmx.min.js")));
};

const licences = () => {
  const text = (name) => readFileSync(join(MODULES, name), "utf8").trim();
  const version = (name) => JSON.parse(text(`${name}/package.json`)).version;
  put(
    "LICENSES.md",
    [
      "# What lies in this folder, and under which licence",
      "What is not named here is Portcullis's own, under the Apache License 2.0.",
      `## U.S. Web Design System ${version("@uswds/uswds")}`,
      "`css/`, `fonts/`, `img/`, and parts of `js/office.js`. The text of the SIL Open Font License " +
        "(Public Sans) stands below, that of the Apache License 2.0 (Roboto Mono, the icons) in " +
        "Portcullis's own `LICENSE`.",
      text("@uswds/uswds/LICENSE.md").replace(/^#/gm, "##"),
      `## htmx ${version("htmx.org")}`,
      "`js/htmx.js`.",
      text("htmx.org/LICENSE").replace(/^=+$/gm, ""),
      "## SIL Open Font License 1.1",
      readFileSync(join(HERE, "licences/OFL-1.1.txt"), "utf8").trim(),
    ].join("\n\n") + "\n",
  );
};

const files = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(OUT, join(entry.parentPath, entry.name)))
    .sort();

rmSync(OUT, { recursive: true, force: true });
const css = await styles();
pictures(css);
for (const font of FONTS) {
  mkdirSync(dirname(join(OUT, "fonts", font)), { recursive: true });
  cpSync(join(USWDS, "dist/fonts", font), join(OUT, "fonts", font));
}
await scripts();
licences();
const digest = (path) => createHash("sha256").update(readFileSync(join(OUT, path))).digest("hex");
const manifest = Object.fromEntries(files(OUT).map((path) => [path, digest(path)]));
put("MANIFEST.json", `${JSON.stringify(manifest, null, 1)}\n`);
