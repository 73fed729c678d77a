// Sorting of long tables, and folded sections on a phone. Without it everything still reads.
"use strict";
(() => {
  const text = (row, column) => row.cells[column].textContent.trim();
  const compare = (a, b) => {
    const [x, y] = [parseFloat(a.replace(/,/g, "")), parseFloat(b.replace(/,/g, ""))];
    return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b) : x - y;
  };
  const makeSortable = (table) => {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        [...table.tHead.rows[0].cells].forEach((cell) => cell.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const rows = [...body.rows].sort((a, b) => compare(text(a, column), text(b, column)));
        body.append(...(down ? rows.reverse() : rows));
      });
    });
  };
  const foldOnPhone = () => {
    const asked = location.hash.slice(1);
    for (const section of document.querySelectorAll("details.section")) {
      if (window.matchMedia("(max-width: 47.99rem)").matches) section.open = section.id === asked;
    }
    if (asked) document.getElementById(asked)?.scrollIntoView();
  };
  const makeCopyable = (entry) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", () => {
      const chosen = document.createRange();
      chosen.selectNodeContents(entry);
      getSelection().removeAllRanges();
      getSelection().addRange(chosen);
      document.execCommand("copy"); // the clipboard API is not there for pages opened from a folder
      button.textContent = "Copied";
    });
    entry.before(button);
  };
  // A link that opens an issue with the sentence, its edition and its rows filled in, where the topic names an address.
  const makeReportable = (sentence) => {
    const meta = (name) => document.querySelector(`meta[name=${name}]`)?.content;
    const rows = [...sentence.querySelectorAll(".mark")].map((mark) => mark.getAttribute("href"));
    const told = new URLSearchParams({
      title: `${sentence.id} (edition ${meta("edition")})`,
      body: `Statement: ${sentence.id}\nEdition: ${meta("edition")}\nRows: ${rows.join(", ")}\n\n`
        + `It says: ${sentence.firstChild.textContent.trim()}\n\nWhat is wrong, and where it can be seen:\n`,
    });
    const link = document.createElement("a");
    link.className = "report";
    link.href = `${meta("issues")}?${told}`;
    link.rel = "noreferrer";
    link.textContent = "report a mistake";
    sentence.append(" ", link);
  };
  foldOnPhone();
  window.addEventListener("hashchange", foldOnPhone);
  window.addEventListener("beforeprint", () => document.querySelectorAll("details.section").forEach((s) => { s.open = true; }));
  document.querySelectorAll("table.sortable").forEach(makeSortable);
  if (document.querySelector("meta[name=issues]")) document.querySelectorAll(".statement").forEach(makeReportable);
  document.querySelectorAll("pre.entry").forEach(makeCopyable);
  // Pages that compute bring their own scripts; other pages do not wait for them.
  const SCRIPTS = {
    "findings-data": ["table-core.js", "findings.js"],
    "weighing-data": ["pooling.js", "shares.js", "grouping.js", "weighing.js", "reanalysis.js"],
  };
  for (const [id, names] of Object.entries(SCRIPTS)) {
    for (const name of document.getElementById(id) ? names : []) {
      document.head.append(Object.assign(document.createElement("script"), { src: `assets/${name}`, async: false }));
    }
  }
})();
