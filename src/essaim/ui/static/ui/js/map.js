// The map of places: our own outlines as background, one drawn marker per kind (shape and colour), a popup with a link.
// Nothing is fetched from another site. The table of the same places stays in the page.
const SHAPES = {
  known: { size: 16, body: '<circle cx="8" cy="8" r="6" fill="#ffffff" stroke="#1d2238" stroke-width="2"/>' },
  asked: { size: 18, body: '<path d="M9 1.5 16.5 16H1.5Z" fill="#e5eefb" stroke="#1c4f9c" stroke-width="2"/>' },
  funded: { size: 30, body: '<path d="M15 2 26.3 8.5v13L15 28 3.7 21.5v-13Z" fill="#f5b81c" stroke="#1d2238" stroke-width="2.5"/>' },
};

function icon(kind) {
  const shape = SHAPES[kind] ?? SHAPES.known;
  const half = shape.size / 2;
  const html = `<svg width="${shape.size}" height="${shape.size}" aria-hidden="true">${shape.body}</svg>`;
  return L.divIcon({ className: "es-marker", html, iconSize: [shape.size, shape.size], iconAnchor: [half, half] });
}

function popup(point) {
  const box = document.createElement("div");
  const title = document.createElement(point.url ? "a" : "strong");
  title.textContent = point.title;
  if (point.url) title.href = point.url;
  const text = document.createElement("p");
  text.textContent = point.text ?? "";
  box.append(title, text);
  return box;
}

async function json(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

const MAINLAND = L.latLngBounds([41, -5.5], [51.5, 10]);

async function draw(element) {
  // Points may be in the page itself: data-points="#id" names a JSON script.
  const source = element.dataset.points;
  const held = source.startsWith("#") ? JSON.parse(document.querySelector(source).textContent) : await json(source);
  element.hidden = false;
  const map = L.map(element, { zoomControl: false, attributionControl: false, scrollWheelZoom: false, minZoom: 4, maxZoom: 12 });
  const fr = document.documentElement.lang === "fr";
  L.control.zoom({ zoomInTitle: fr ? "Agrandir" : "Zoom in", zoomOutTitle: fr ? "Réduire" : "Zoom out" }).addTo(map);
  if (element.dataset.outlines) {
    const outlines = await json(element.dataset.outlines);
    L.geoJSON(outlines, { interactive: false, className: "es-outline" }).addTo(map);
  }
  const order = { known: 0, asked: 1, funded: 2 };
  const markers = held.points.map((point) =>
    L.marker([point.lat, point.lon], { icon: icon(point.kind), title: point.title, alt: point.title, zIndexOffset: 500 * (order[point.kind] ?? 0) })
      .bindPopup(() => popup(point)));
  const group = L.featureGroup(markers).addTo(map);
  // From Guadeloupe to La Réunion there is mostly sea: the view opens on the mainland when something is there.
  const mainland = markers.filter((marker) => MAINLAND.contains(marker.getLatLng()));
  const seen = mainland.length ? L.featureGroup(mainland) : group;
  if (markers.length) map.fitBounds(seen.getBounds().pad(0.08), { maxZoom: 8 });
  else map.setView([46.6, 2.4], 5);
  explain(element.nextElementSibling, new Set(held.points.map((point) => point.kind)));
  element.addEventListener("focusin", () => map.scrollWheelZoom.enable(), { once: true });
}

// The legend tells the kinds that are on the map, and no other.
function explain(legend, kinds) {
  if (!legend?.matches(".es-legend")) return;
  legend.hidden = kinds.size === 0;
  for (const line of legend.children) line.hidden = !kinds.has(line.dataset.kind);
}

function fail(element) {
  element.hidden = true;
}

// Leaflet is deferred and comes before this module in the page: it is there.
for (const element of document.querySelectorAll("[data-map]")) draw(element).catch(() => fail(element));
