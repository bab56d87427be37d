// One file that needs no other: styles, Mermaid and the text, and a policy that lets nothing else in.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const installed = createRequire(import.meta.url);
const read = (name) => readFileSync(name, "utf8");
const own = (name) => read(new URL(name, import.meta.url));
const encoded = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
// In a script element these two would end it, or keep it from ending.
const inline = (script) => script.replace(/<(?=\/script|!--)/gi, "\\x3C");

export function page(title, body, charts) {
  const css = (scheme) => read(installed.resolve(`github-markdown-css/github-markdown-${scheme}.css`));
  const scripts = [
    read(installed.resolve("mermaid/dist/mermaid.min.js")),
    `const CHARTS = ${JSON.stringify(charts).replace(/</g, "\\u003C")};\n${own("draw.js")}`,
  ].map(inline);
  const hashes = scripts.map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  const policy = [
    "default-src 'none'",
    `script-src ${hashes.join(" ")}`,
    "style-src 'unsafe-inline'", // Mermaid's own; text of others has none left
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${encoded(title)}</title>
<link rel="icon" href="data:,">
<style data-scheme="light" media="(prefers-color-scheme: light)">${css("light")}</style>
<style data-scheme="dark" media="(prefers-color-scheme: dark)">${css("dark")}</style>
<style>${own("page.css")}</style>
</head>
<body class="markdown-body">
<header><strong>${encoded(title)}</strong> as GitHub would show it
<span><button type="button">light</button> <button type="button">dark</button></span></header>
<main>
${body}
</main>
${scripts.map((text) => `<script>${text}</script>`).join("\n")}
</body>
</html>
`;
}
