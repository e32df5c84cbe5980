// Sort tables by a click, or Enter, on a heading. Cells carry their plain value in data-v.
(function () {
  "use strict";
  var collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

  function value(row, column) {
    var cell = row.cells[column];
    var plain = cell.getAttribute("data-v");
    return plain === null ? cell.textContent : Number(plain);
  }

  function compare(a, b) {
    var numbers = (typeof a === "number") + (typeof b === "number");
    if (numbers === 2) { return a - b; }
    if (numbers === 1) { return typeof a === "number" ? -1 : 1; }
    return collator.compare(a, b);
  }

  function sort(table, column, header) {
    var down = header.getAttribute("aria-sort") === "ascending";
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    rows.sort(function (one, other) {
      var order = compare(value(one, column), value(other, column));
      return down ? -order : order;
    });
    rows.forEach(function (row) { table.tBodies[0].appendChild(row); });
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell) {
      cell.removeAttribute("aria-sort");
    });
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
  }

  document.querySelectorAll("table.sortable").forEach(function (table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (header, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = header.textContent;
      button.addEventListener("click", function () { sort(table, column, header); });
      header.textContent = "";
      header.appendChild(button);
    });
  });
})();
