// GitHub's dialect of Markdown. In comments a line end is a line end; in files it is a space.
import { Marked } from "marked";

const mermaid = (token) => token.type === "code" && /^mermaid\b/.test(token.lang ?? "");
const encoded = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

export function toHtml(text, comment) {
  const dialect = new Marked({ gfm: true, breaks: comment });
  dialect.use({
    renderer: {
      code(token) {
        // The first line end inside <pre> would be dropped.
        return mermaid(token) ? `<pre lang="mermaid">\n${encoded(token.text)}</pre>\n` : false;
      },
    },
  });
  const tokens = dialect.lexer(text);
  const lines = new Map();
  locate(tokens, 1, lines);
  return { html: dialect.parser(tokens), lines };
}

// Which line each chart begins on; inside a list or a quote as near as its own text tells.
function locate(tokens, first, lines) {
  let line = first;
  for (const token of tokens) {
    if (mermaid(token) && !lines.has(token.text)) lines.set(token.text, line + leading(token.raw));
    const inner = token.items ?? token.tokens;
    if (inner) locate(inner, line, lines);
    line += token.raw.split("\n").length - 1;
  }
}

const leading = (raw) => /^\s*/.exec(raw)[0].split("\n").length - 1;
