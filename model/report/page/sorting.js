"use strict";

// Lets readers sort the rows of tables by a column.
const Sorting = (() => {
  const { html } = Charts;

  // Numbers before texts, and what is missing last whichever the order.
  function keyOf(row, column) {
    const text = row.cells[column].textContent;
    const value = Number(text);
    return text === "" || text === "-" ? null : Number.isFinite(value) ? value : text;
  }

  function compare(a, b, direction) {
    if (a === null || b === null) {
      return (a === null ? 1 : 0) - (b === null ? 1 : 0);
    }
    if (typeof a === typeof b) {
      return direction * (typeof a === "number" ? a - b : a.localeCompare(b));
    }
    return direction * (typeof a === "number" ? -1 : 1);
  }

  function sort(table, header, direction) {
    const body = table.tBodies[0];
    const column = header.cellIndex;
    const rows = [...body.rows].map((row) => ({ row, key: keyOf(row, column) }));
    rows.sort((a, b) => compare(a.key, b.key, direction));
    body.append(...rows.map(({ row }) => row));
    for (const other of table.tHead.rows[0].cells) {
      other.setAttribute("aria-sort", other !== header ? "none" : direction > 0 ? "ascending" : "descending");
    }
  }

  function addTo(table) {
    for (const header of table.tHead.rows[0].cells) {
      const button = html("button", { type: "button", title: "Sort by this column" }, header.textContent);
      button.addEventListener("click", () =>
        sort(table, header, header.getAttribute("aria-sort") === "ascending" ? -1 : 1));
      header.setAttribute("aria-sort", "none");
      header.replaceChildren(button);
    }
  }

  return { addTo };
})();
