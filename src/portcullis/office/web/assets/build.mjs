// Builds what the office's pages are dressed in: node build.mjs [folder].
// The result is committed in ../static/portcullis/look; MANIFEST.json there names every file's digest.
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
const UNUSED =
  /megamenu|usa-hero|usa-social|usa-section--dark|usa-dark-background|accent-(cool|warm)|usa-icon-list--|usa-card--(flag|media)|usa-footer|usa-nav__(primary|secondary|submenu)|usa-header--|usa-navbar|\.width-mobile|usa-table__header__button|usa-graphic|--big\b|collection__calendar/;

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
    const name = `--${part}-${colour.replace(/[^0-9a-z]/g, "")}`;
    light.set(name, colour);
    night.set(name, found);
    return `var(${name})`;
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
  for (const name of ["office"]) {
    await esbuild.build({
      entryPoints: [join(HERE, `scripts/${name}.js`)],
      outfile: join(OUT, `js/${name}.js`),
      bundle: true,
      minify: true,
      format: "iife",
      target: "es2020",
      legalComments: "none",
    });
  }
  put("js/htmx.js", readFileSync(join(MODULES, "htmx.org/dist/htmx.min.js")));
};

const licences = () => {
  const text = (name) => readFileSync(join(MODULES, name), "utf8").trim();
  const version = (name) => JSON.parse(text(`${name}/package.json`)).version;
  put(
    "LICENSES.md",
    [
      "# What lies in this folder, and under which licence",
      `## U.S. Web Design System ${version("@uswds/uswds")}`,
      "`css/`, `fonts/`, `img/`, and parts of `js/office.js`.",
      text("@uswds/uswds/LICENSE.md").replace(/^#/gm, "###"),
      `## htmx ${version("htmx.org")}`,
      "`js/htmx.js`.",
      text("htmx.org/LICENSE"),
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
const digest = (name) => createHash("sha256").update(readFileSync(join(OUT, name))).digest("hex");
put("MANIFEST.json", `${JSON.stringify(Object.fromEntries(files(OUT).map((n) => [n, digest(n)])), null, 1)}\n`);
