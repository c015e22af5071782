"use strict";
(function () {
  var each = function (selector, inside, act) {
    Array.prototype.forEach.call((inside || document).querySelectorAll(selector), act);
  };

  // Tables: a click on a column's head sorts, a second one the other way; missing values stay last.
  function compare(sign) {
    return function (a, b) {
      if (a.text === "" || b.text === "") { return (a.text === "") - (b.text === ""); }
      if (!isNaN(a.number) && !isNaN(b.number)) { return sign * (a.number - b.number); }
      return sign * a.text.localeCompare(b.text, "en", { numeric: true });
    };
  }
  function sort(table, heads, column) {
    var head = heads[column], body = table.tBodies[0];
    var down = head.getAttribute("aria-sort") === "ascending";
    heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    Array.from(body.rows).map(function (row) {
      var cell = row.cells[column], text = cell.dataset.value;
      if (text === undefined) { text = cell.textContent; }  // the text is the value
      return { row: row, text: text, number: text === "" ? NaN : Number(text) };
    }).sort(compare(down ? -1 : 1)).forEach(function (item) { body.appendChild(item.row); });
    document.getElementById("announced").textContent = "Sorted by " + head.textContent.trim() +
      (down ? ", descending" : ", ascending") + ", missing values last.";
  }
  each("table.sortable", null, function (table) {
    var heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach(function (head, column) {
      head.querySelector("button").addEventListener("click", function () {
        sort(table, heads, column);
      });
    });
  });

  // On paper, the tables of the answer are open.
  addEventListener("beforeprint", function () {
    each("#table-correspondence, #table-hierarchy", null, function (d) { d.open = true; });
  });

  // Charts.
  var stored = document.getElementById("chart-data");
  if (!stored || typeof Plotly === "undefined") { return; }
  var charts = JSON.parse(stored.textContent);
  var CONFIG = { displayModeBar: false, displaylogo: false, responsive: true, doubleClick: false };

  function fill(select, names, chosen) {
    select.replaceChildren.apply(select, names.map(function (name) {
      return new Option(name, name, name === chosen, name === chosen);
    }));
  }
  function spoken(text) {  // a hover text without its tags
    var box = document.createElement("textarea");
    box.innerHTML = text.replace(/<br>/g, "; ").replace(/<\/?b>/g, "");
    return box.value;
  }
  function Panel(element, reading) {
    this.plot = element.querySelector(".plot");
    this.select = element.querySelector("select");
    this.element = element;
    this.reading = reading;
    this.plot.addEventListener("keydown", this.key.bind(this));
  }
  Panel.prototype.draw = function (spec) {
    var layout = Object.assign({}, spec.layout, { autosize: true }), self = this;
    this.spec = spec;
    this.at = null;
    this.plot.setAttribute("aria-label", spec.label + ". Arrow keys move between values.");
    return Plotly.react(this.plot, spec.data, layout, CONFIG).then(function () {
      if (self.listening) { return; }
      self.listening = true;
      self.plot.on("plotly_hover", function (event) {
        if (event.points[0] && event.points[0].text) { self.say(event.points[0].text); }
      });
    });
  };
  Panel.prototype.say = function (text) { this.reading.textContent = spoken(text); };
  Panel.prototype.curves = function () {  // numbers of the traces that have texts
    return this.spec.data.map(function (trace, i) { return trace.text ? i : -1; })
      .filter(function (i) { return i >= 0; });
  };
  Panel.prototype.key = function (event) {
    var step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, 0], ArrowDown: [-1, 0] };
    var by = step[event.key], map = this.spec && this.spec.data[0].type === "heatmap";
    if (!by) { return; }
    event.preventDefault();
    var rows = map ? this.spec.data[0].text : this.curves(), n = rows.length;
    if (!map) { by = [-by[0], by[1]]; }
    var r = this.at ? Math.min(Math.max(this.at[0] + by[0], 0), n - 1) : 0;
    var texts = map ? rows[r] : this.spec.data[rows[r]].text;
    var c = this.at ? Math.min(Math.max(this.at[1] + by[1], 0), texts.length - 1) : 0;
    this.at = [r, c];
    if (map) {  // by place: cells of named columns lie at 0, 1, 2, ...
      var x = this.spec.data[0].x[c];
      Plotly.Fx.hover(this.plot, { xval: typeof x === "number" ? x : c, yval: r }, "xy");
    } else {
      Plotly.Fx.hover(this.plot, [{ curveNumber: rows[r], pointNumber: c }]);
    }
    this.say(texts[c]);
  };

  function start(box) {
    var chart = charts[box.dataset.chart], first = box.querySelector(".choices select");
    var reading = box.querySelector("output"), panels = [];
    each(".panel", box, function (element) { panels.push(new Panel(element, reading)); });
    function drawOne(panel) {
      if (panel.element.hidden) { return; }
      panel.draw(chart.plots[first.value][panel.select.value]);
    }
    function drawAll() {
      var plots = chart.plots[first.value], names = Object.keys(plots);
      panels.forEach(function (panel, i) {
        var begin = chart.starts[first.value][i];
        var kept = names.indexOf(panel.select.value) >= 0 ? panel.select.value : begin;
        panel.element.hidden = begin === undefined;
        fill(panel.select, names, kept);
        drawOne(panel);
      });
    }
    fill(first, Object.keys(chart.plots), Object.keys(chart.plots)[0]);
    first.addEventListener("change", drawAll);
    panels.forEach(function (panel) {
      panel.select.addEventListener("change", function () { drawOne(panel); });
    });
    drawAll();
  }
  // A chart is drawn when it is about to be seen; until then it has its height.
  var seen = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) { return; }
      seen.unobserve(entry.target);
      start(entry.target);
    });
  }, { rootMargin: "600px" });
  each(".chart", null, function (box) {
    box.hidden = false;
    seen.observe(box);
  });
})();
