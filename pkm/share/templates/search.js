// The list below the field becomes what has all the words that are typed. Nothing is sent anywhere; without it the list stays whole.
"use strict";
const form = document.querySelector("form.search");
const field = document.getElementById("words");
const items = [...document.querySelectorAll("#found > li")];
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
let texts = items.map((item) => fold(item.textContent));

function show() {
  const words = fold(field.value).split(/\s+/).filter(Boolean);
  let found = 0;
  items.forEach((item, place) => {
    item.hidden = !words.every((word) => texts[place].includes(word));
    found += item.hidden ? 0 : 1;
  });
  form.querySelector("[role=status]").textContent = words.length ? `${found} of ${items.length}` : "";
}

form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
field.addEventListener("input", show);
// A browser reads no other file where the site is opened from a disk: then titles are searched alone.
fetch(field.dataset.index).then((answer) => answer.json()).then((index) => {
  const known = new Map(index.entries.map((entry) => [entry.path, fold(entry.title + " " + entry.text)]));
  const root = field.dataset.index.replace("search.json", "");
  texts = items.map((item, place) => {
    return known.get(item.querySelector("a").getAttribute("href").slice(root.length)) || texts[place];
  });
  show();
}).catch(() => {});
