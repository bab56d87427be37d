// In the browser: draws what parsed, says what did not, in the colours that the reader wants.
const wanted = matchMedia("(prefers-color-scheme: dark)");
const boxes = [...document.querySelectorAll('main pre[lang="mermaid"]')].map((block) => {
  const box = document.createElement("div");
  box.className = "chart";
  block.replaceWith(box);
  return { box, text: block.textContent };
});

function broken(box, text, chart, said) {
  const head = document.createElement("strong");
  head.textContent = `Unable to render${chart.line ? ` the chart of line ${chart.line}` : ""}`;
  const why = document.createElement("pre");
  why.textContent = `${said}\n\n${text}`;
  box.className = "chart broken";
  box.replaceChildren(head, why);
}

async function draw(dark) {
  delete document.body.dataset.drawn;
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    suppressErrorRendering: true,
    theme: dark ? "dark" : "default",
  });
  for (const [number, { box, text }] of boxes.entries()) {
    const chart = CHARTS[number];
    if (chart.error) {
      broken(box, text, chart, chart.error);
      continue;
    }
    try {
      box.innerHTML = (await mermaid.render(`chart-${number + 1}`, text)).svg;
    } catch (error) {
      broken(box, text, chart, error.message);
    }
  }
  document.body.dataset.drawn = dark ? "dark" : "light"; // for whoever waits for it
}

for (const button of document.querySelectorAll("header button")) {
  button.addEventListener("click", () => {
    for (const style of document.querySelectorAll("style[data-scheme]")) {
      style.media = style.dataset.scheme === button.textContent ? "all" : "not all";
    }
    draw(button.textContent === "dark");
  });
}
draw(wanted.matches);
