// Markdown in, a page as GitHub would show it out: `node render.mjs FILE TITLE [--comment]`.
// Prints JSON: the page, and for every Mermaid block its line and what the real package says.
import { readFileSync, writeSync } from "node:fs";
import { parse } from "./charts.mjs";
import { toHtml } from "./markdown.mjs";
import { page } from "./page.mjs";
import { sanitised } from "./sanitised.mjs";

const [, , file, title, kind] = process.argv;
const { html, lines } = toHtml(readFileSync(file, "utf8"), kind === "--comment");
const body = sanitised(html);
const charts = [];
for (const block of body.querySelectorAll('pre[lang="mermaid"]')) {
  const text = block.textContent;
  const chart = { line: lines.get(text) ?? null };
  try {
    chart.type = await parse(text);
  } catch (error) {
    chart.error = error.message.trim();
  }
  charts.push(chart);
}
const said = Buffer.from(JSON.stringify({ page: page(title, body.innerHTML, charts), charts }));
for (let sent = 0; sent < said.length; ) sent += writeSync(1, said, sent); // exit() loses the rest
process.exit(0); // Mermaid leaves timers behind
