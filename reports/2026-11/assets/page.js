// Sorting and filtering of long tables, and folded sections on a phone. Without it everything still reads.
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
  const makeFilterable = (table) => {
    const label = document.createElement("label");
    label.className = "filter";
    const input = document.createElement("input");
    input.type = "search";
    const status = document.createElement("span");
    status.className = "help";
    status.setAttribute("role", "status");
    label.append("Show only rows that hold all of these words ", input, " ", status);
    table.before(label);
    const show = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of table.tBodies[0].rows) {
        const hit = words.every((word) => row.textContent.toLowerCase().includes(word));
        row.hidden = !hit;
        shown += hit ? 1 : 0;
      }
      status.textContent = words.length ? `${shown} shown` : "";
      history.replaceState(null, "", words.length ? `#q=${encodeURIComponent(words.join(" "))}` : location.pathname);
    };
    const asked = /^#q=(.*)$/.exec(location.hash);
    if (asked) { input.value = decodeURIComponent(asked[1]); show(); }
    input.addEventListener("input", show);
  };
  const foldOnPhone = () => {
    const asked = location.hash.slice(1);
    for (const section of document.querySelectorAll("details.section")) {
      if (window.matchMedia("(max-width: 47.99rem)").matches) section.open = section.id === asked;
    }
    if (asked) document.getElementById(asked)?.scrollIntoView();
  };
  foldOnPhone();
  window.addEventListener("hashchange", foldOnPhone);
  window.addEventListener("beforeprint", () => document.querySelectorAll("details.section").forEach((s) => { s.open = true; }));
  document.querySelectorAll("table.sortable").forEach(makeSortable);
  document.querySelectorAll("table.filterable").forEach(makeFilterable);
})();
