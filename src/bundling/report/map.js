// Draw the map from the JSON in the page. Nothing is fetched; texts are set as text, never as HTML.
(function () {
  "use strict";
  var holder = document.getElementById("map");
  if (!holder || typeof L === "undefined") { return; }
  var data = JSON.parse(document.getElementById("map-data").textContent);
  var SVG = "http://www.w3.org/2000/svg";
  var PATHS = {
    square: "M4 4 H18 V18 H4 Z",
    diamond: "M11 1.5 L20.5 11 L11 20.5 L1.5 11 Z",
    triangle: "M11 2 L20.5 19 H1.5 Z",
    cross: "M4 4 L18 18 M18 4 L4 18"
  };

  var map = L.map(holder, {
    attributionControl: false, zoomControl: false, scrollWheelZoom: false,
    zoomSnap: 0.25, minZoom: 5, maxZoom: 18
  });
  L.control.zoom({
    zoomInTitle: holder.getAttribute("data-zoom-in"),
    zoomOutTitle: holder.getAttribute("data-zoom-out")
  }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  // The wheel scrolls the page until the reader has chosen the map.
  map.on("focus click", function () { map.scrollWheelZoom.enable(); });
  map.on("blur", function () { map.scrollWheelZoom.disable(); });
  data.panes.forEach(function (name, index) {
    map.createPane(name).style.zIndex = 350 + 10 * index;
  });

  function popup(feature) {
    var box = document.createElement("div");
    var head = document.createElement("strong");
    var list = document.createElement("dl");
    head.textContent = feature.t;
    (feature.r || []).forEach(function (row) {
      var name = document.createElement("dt");
      var value = document.createElement("dd");
      name.textContent = data.labels[row[0]];
      value.textContent = row[1];
      list.appendChild(name);
      list.appendChild(value);
    });
    box.appendChild(head);
    box.appendChild(list);
    return box;
  }

  function symbol(style) {
    var svg = document.createElementNS(SVG, "svg");
    var path = document.createElementNS(SVG, "path");
    svg.setAttribute("viewBox", "0 0 22 22");
    svg.setAttribute("width", "22");
    svg.setAttribute("height", "22");
    path.setAttribute("d", PATHS[style.shape]);
    path.setAttribute("fill", style.shape === "cross" ? "none" : style.fill);
    path.setAttribute("stroke", style.colour);
    path.setAttribute("stroke-width", style.shape === "cross" ? "4" : "2");
    svg.appendChild(path);
    return svg;
  }

  function point(feature, style, pane) {
    var at = L.latLng(feature.g.coordinates[1], feature.g.coordinates[0]);
    if (PATHS[style.shape]) {
      return L.marker(at, {
        pane: pane, title: feature.t, alt: feature.t,
        icon: L.divIcon({
          html: symbol(style), className: "symbol", iconSize: [22, 22], iconAnchor: [11, 11]
        })
      });
    }
    return L.circleMarker(at, {
      pane: pane, radius: feature.w || style.radius, color: style.colour, weight: style.weight,
      fillColor: style.fill, fillOpacity: style.fill_opacity
    });
  }

  function path(feature, style, pane) {
    return L.geoJSON({ type: "Feature", properties: {}, geometry: feature.g }, {
      pane: pane, style: {
        color: style.colour, weight: feature.w || style.weight, opacity: style.opacity,
        dashArray: style.dash || null, fill: style.kind === "area",
        fillColor: style.fill, fillOpacity: style.fill_opacity
      }
    });
  }

  var groups = {};
  data.layers.forEach(function (layer) {
    var group = L.featureGroup();
    layer.features.forEach(function (feature) {
      var style = data.styles[feature.s];
      var drawn = feature.g.type === "Point"
        ? point(feature, style, layer.pane) : path(feature, style, layer.pane);
      if (feature.t) {
        drawn.bindPopup(function () { return popup(feature); }, { maxWidth: 340 });
      }
      drawn.addTo(group);
    });
    groups[layer.id] = group;
  });

  var boxes = document.querySelectorAll("input[data-layer]");
  function show() {
    boxes.forEach(function (box) {
      var group = groups[box.getAttribute("data-layer")];
      if (box.checked) { group.addTo(map); } else { group.remove(); }
    });
  }
  function look(bounds) { map.fitBounds(bounds, { padding: [12, 12], animate: false }); }
  boxes.forEach(function (box) { box.addEventListener("change", show); });
  document.getElementById("map-home").addEventListener("click", function () { look(data.home); });
  document.getElementById("map-all").addEventListener("click", function () { look(data.all); });
  look(data.home);
  show();
  window.addEventListener("beforeprint", function () { map.invalidateSize(false); look(data.home); });
  window.addEventListener("afterprint", function () { map.invalidateSize(false); });
})();
