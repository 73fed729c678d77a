// The index of all findings: filters, sorting, the state in the address, and a CSV of what is shown.
// Rows are filtered, sorted and counted by TanStack Table (table-core.js); this file draws them.
"use strict";
(() => {
  const place = document.getElementById("findings");
  const source = document.getElementById("findings-data");
  if (!place || !source) return;
  const data = JSON.parse(source.textContent);
  const PAGE = 50; // rows drawn at a time
  const LEVELS = ["none", "very low", "low", "moderate", "high"];
  const COLUMNS = [
    ["report", "Report"], ["question", "Question"], ["outcome", "Outcome"], ["number", "Number"], ["who", "Who"],
    ["kind", "Kind of evidence"], ["people", "People"], ["country", "Country"], ["year", "Year"],
    ["certainty", "Certainty"], ["seen", "Seen"],
  ];
  const FILTERS = ["kind", "outcome", "people", "country", "year", "certainty", "seen"];
  const rows = data.rows.map(([finding, study, question, outcome, number, who, year, depth, line]) => {
    const [page, report, country, people, kind] = data.studies[study];
    const [asked, wording, verdict, certainty] = data.questions[question];
    return {
      finding, page, asked, verdict, report, question: wording, outcome: data.outcomes[outcome], number, who, kind,
      people: people || "nobody", country: country || "not stated", year, certainty, seen: data.depths[depth],
      place: `${data.file}:${line}`,
    };
  });

  // --- state and address -----------------------------------------------------------------------------------------
  const empty = () => ({ globalFilter: "", columnFilters: [], sorting: [] });
  const fromAddress = (hash) => {
    const asked = new URLSearchParams(hash.replace(/^#/, ""));
    const state = empty();
    state.globalFilter = asked.get("q") ?? "";
    state.columnFilters = FILTERS.filter((id) => asked.get(id)).map((id) => ({ id, value: asked.get(id) }));
    const [id, way] = (asked.get("sort") ?? "").split(".");
    if (COLUMNS.some(([name]) => name === id)) state.sorting = [{ id, desc: way === "down" }];
    return state;
  };
  const toAddress = (state) => {
    const told = new URLSearchParams();
    if (state.globalFilter) told.set("q", state.globalFilter);
    for (const { id, value } of state.columnFilters) told.set(id, value);
    for (const { id, desc } of state.sorting) told.set("sort", `${id}.${desc ? "down" : "up"}`);
    return told.toString();
  };

  // --- the table -------------------------------------------------------------------------------------------------
  const holdsAll = (row, _, words) => {
    const text = `${COLUMNS.map(([id]) => row.original[id]).join(" ")} ${row.original.finding}`.toLowerCase();
    return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  };
  const byLevel = (a, b) => LEVELS.indexOf(a.original.certainty) - LEVELS.indexOf(b.original.certainty);
  const byText = (a, b, id) => a.original[id].localeCompare(b.original[id], "en", { numeric: true });
  const core = window.TableCore;
  let state = { ...empty(), ...fromAddress(location.hash) };
  let drawn = PAGE;
  const table = core.createTable({
    data: rows,
    columns: COLUMNS.map(([id]) => ({
      id, accessorKey: id, filterFn: "equalsString", sortingFn: id === "certainty" ? byLevel : byText,
    })),
    state: {}, renderFallbackValue: "", globalFilterFn: holdsAll, sortDescFirst: false, getColumnCanGlobalFilter: () => true,
    getCoreRowModel: core.getCoreRowModel(), getFilteredRowModel: core.getFilteredRowModel(),
    getSortedRowModel: core.getSortedRowModel(), getFacetedRowModel: core.getFacetedRowModel(),
    getFacetedUniqueValues: core.getFacetedUniqueValues(),
    onStateChange: () => {},
  });
  const whole = table.initialState;
  const move = (change) => {
    state = { ...state, ...change };
    drawn = PAGE;
    const told = toAddress(state);
    history.replaceState(null, "", told ? `#${told}` : location.pathname);
    draw();
  };

  // --- what is drawn ---------------------------------------------------------------------------------------------
  const make = (tag, options = {}, ...children) => {
    const { dataset = {}, ...rest } = options;
    const node = Object.assign(document.createElement(tag), rest);
    Object.assign(node.dataset, dataset);
    node.append(...children);
    return node;
  };
  const search = make("input", { type: "search", autocomplete: "off" });
  const selects = FILTERS.map((id) => make("select", { name: id }));
  const status = make("p", { className: "help" });
  status.setAttribute("role", "status");
  const save = make("button", { type: "button", textContent: "Save these rows as CSV" });
  const clear = make("button", { type: "button", textContent: "Clear all filters" });
  const more = make("button", { type: "button" });
  const caption = make("caption", { textContent: "Findings" });
  caption.className = "hidden";
  const head = make("tr");
  const body = make("tbody");
  const title = (id) => COLUMNS.find(([name]) => name === id)[1];
  const folded = make("details", { open: !matchMedia("(max-width: 47.99rem)").matches || state.columnFilters.length > 0 },
    make("summary", { textContent: "Filters" }),
    make("div", { className: "fields" }, ...FILTERS.map((id, i) => make("label", {}, `${title(id)} `, selects[i]))));
  place.replaceChildren(
    make("form", { className: "filters", role: "search", ariaLabel: "Findings" },
      make("label", { className: "words" }, "Rows that hold all of these words ", search),
      folded, save, clear),
    status, make("table", { className: "cards findings" }, caption, make("thead", {}, head), body), more,
  );
  const heads = COLUMNS.map(([id, name]) => {
    const button = make("button", { type: "button", textContent: name });
    const cell = make("th", { scope: "col" }, button);
    button.addEventListener("click", () => {
      const [now] = state.sorting;
      move({ sorting: now?.id !== id ? [{ id, desc: false }] : now.desc ? [] : [{ id, desc: true }] });
    });
    head.append(cell);
    return cell;
  });

  const options = (select, id) => {
    const chosen = state.columnFilters.find((filter) => filter.id === id)?.value ?? "";
    const counts = [...table.getColumn(id).getFacetedUniqueValues()].filter(([value]) => value);
    if (chosen && !counts.some(([value]) => value === chosen)) counts.push([chosen, 0]);
    const order = id === "certainty" ? (a, b) => LEVELS.indexOf(a[0]) - LEVELS.indexOf(b[0])
      : (a, b) => a[0].localeCompare(b[0], "en", { numeric: true });
    select.replaceChildren(
      make("option", { value: "", textContent: "all" }),
      ...counts.sort(order).map(([value, count]) => make("option", { value, textContent: `${value} (${count})` })),
    );
    select.value = chosen;
  };
  const line = ({ original: row }) => {
    const link = make("a", { href: `${row.page}#${row.finding}`, textContent: row.report });
    const asked = make("a", { href: row.asked, textContent: row.question });
    const cells = COLUMNS.map(([id, name]) => {
      const cell = make(id === "report" ? "th" : "td", { dataset: { label: name } });
      if (id === "report") cell.scope = "row";
      cell.append(id === "report" ? link : id === "question" ? asked : row[id]);
      return cell;
    });
    return make("tr", {}, ...cells);
  };
  const shown = () => table.getSortedRowModel().rows;
  function draw() {
    table.setOptions((now) => ({ ...now, state: { ...whole, ...state } }));
    const found = shown();
    if (document.activeElement !== search) search.value = state.globalFilter;
    selects.forEach((select, i) => { if (document.activeElement !== select) options(select, FILTERS[i]); });
    heads.forEach((cell, i) => {
      const by = state.sorting.find((item) => item.id === COLUMNS[i][0]);
      if (by) cell.setAttribute("aria-sort", by.desc ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    });
    body.replaceChildren(...found.slice(0, drawn).map(line));
    const told = `${found.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} findings`;
    status.textContent = found.length > drawn ? `${told}; the first ${drawn} are drawn` : told;
    more.hidden = found.length <= drawn;
    more.textContent = `Draw ${Math.min(PAGE, found.length - drawn)} more`;
  }

  // --- a CSV that a spreadsheet opens as text ----------------------------------------------------------------------
  const cell = (text) => {
    const risky = /^[=+@\t\r]/.test(text) || /^-[^\d.]/.test(text);
    return `"${(risky ? `'${text}` : text).replace(/"/g, '""')}"`;
  };
  const csv = () => [
    ["finding", ...COLUMNS.map(([id]) => id), "verdict", "row"],
    ...shown().map(({ original: row }) => [row.finding, ...COLUMNS.map(([id]) => row[id]), row.verdict, row.place]),
  ].map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";

  search.addEventListener("input", () => move({ globalFilter: search.value.trim() }));
  selects.forEach((select, i) => select.addEventListener("change", () => {
    const others = state.columnFilters.filter((filter) => filter.id !== FILTERS[i]);
    select.blur();
    move({ columnFilters: select.value ? [...others, { id: FILTERS[i], value: select.value }] : others });
    select.focus();
  }));
  clear.addEventListener("click", () => { move(empty()); search.value = ""; });
  more.addEventListener("click", () => { drawn += PAGE; draw(); });
  save.addEventListener("click", () => {
    const address = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
    make("a", { href: address, download: "findings.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  });
  place.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", () => { state = { ...empty(), ...fromAddress(location.hash) }; drawn = PAGE; draw(); });
  draw();
})();
