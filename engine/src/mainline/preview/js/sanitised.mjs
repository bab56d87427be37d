// What GitHub leaves of HTML: no script, style, frame or form, no class, id or handler.
import createDOMPurify from "dompurify";
import { window } from "./charts.mjs";

const TAGS = `a abbr b bdo blockquote br caption cite code dd del details dfn div dl dt em figcaption
  figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p picture pre q rp rt ruby s samp small
  span strike strong sub summary sup table tbody td tfoot th thead time tr tt ul var wbr`;
const ATTRIBUTES = `align alt border cellpadding cellspacing checked cite colspan datetime disabled
  headers height href lang open reversed rowspan scope span src start summary title type value
  valign width`;
const SCHEMES = /^(?:https?:|mailto:|#|[^:]*$|[^:]*[/?#])/i;

export function sanitised(html) {
  const purify = createDOMPurify(window);
  purify.addHook("afterSanitizeAttributes", (element) => {
    switch (element.tagName) {
      case "INPUT": // of a task list; nothing else may be filled in
        if (element.getAttribute("type") !== "checkbox") element.remove();
        element.setAttribute("disabled", "");
        break;
      case "A":
        element.setAttribute("rel", "nofollow noopener noreferrer");
        break;
      case "IMG": // from elsewhere: asked for by GitHub's proxy there, by nobody here
        if (!/^data:image\/(png|jpeg|gif|webp);/i.test(element.getAttribute("src") ?? "")) {
          element.replaceWith(`[image: ${element.getAttribute("alt") || "without a description"}]`);
        }
        break;
    }
  });
  return purify.sanitize(html, {
    ALLOWED_TAGS: TAGS.split(/\s+/),
    ALLOWED_ATTR: ATTRIBUTES.split(/\s+/),
    ALLOWED_URI_REGEXP: SCHEMES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM: true,
  });
}
