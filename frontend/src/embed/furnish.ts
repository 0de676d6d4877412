/** The colours and typefaces of a shared view in a page of another site: on our elements, and on nothing else there. */
import { dark, light, variables } from "../theme/palette";
import { TYPEFACES } from "../theme/page";

/** The view, and its pop-up, which stands at the end of the page. */
const OURS = ":is(tessera-view, tessera-popup)";

export function embedSheet(): string {
  const [day, night] = [variables(light, "light"), variables(dark, "dark")];
  return `
    ${OURS} { color-scheme: light; ${TYPEFACES} ${day} }
    @media screen and (prefers-color-scheme: dark) {
      ${OURS}:not([theme="light"]) { color-scheme: dark; ${night} }
    }
    @media screen { ${OURS}[theme="dark"] { color-scheme: dark; ${night} } }
  `;
}

let furnished = false;

/** Once for all views of a page. */
export function furnish(): void {
  if (furnished) return;
  furnished = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(embedSheet());
  document.adoptedStyleSheets.push(sheet);
}
