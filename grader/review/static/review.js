// Shortcuts and the running sum. Without it the page works as well, with the mouse and the Tab key.
"use strict";

const typing = (element) =>
  element.matches("textarea, select, input:not([type=checkbox]):not([type=hidden])") || element.isContentEditable;

function sum() {
  const shown = document.getElementById("sum");
  if (!shown) return;
  const base = document.getElementById("base").value.trim().replace(",", ".");
  const ticked = [...document.querySelectorAll("input[name=rows]:checked")];
  const total = ticked.reduce((all, row) => all + Number(row.dataset.points), Number(base || 0));
  const whole = Number(shown.dataset.whole);
  const nothing = base === "" && ticked.length === 0;
  shown.value = nothing || Number.isNaN(total) ? "–" : String(Math.round(100 * Math.min(whole, Math.max(0, total))) / 100);
  const count = document.getElementById("count");
  const members = [...document.querySelectorAll("[data-member]")];
  const chosen = members.filter((member) => member.checked).length;
  if (count) count.textContent = chosen === members.length ? `all ${count.dataset.all}` : `${chosen} of ${count.dataset.all}`;
}

function set(value) {
  for (const row of document.querySelectorAll("input[name=rows]:checked")) row.checked = false;
  document.getElementById("base").value = value;
  sum();
}

function move(step) {
  const links = [...document.querySelectorAll(".open-group")];
  const here = links.indexOf(document.activeElement);
  const next = here < 0 ? 0 : Math.min(links.length - 1, Math.max(0, here + step));
  if (links.length) links[next].focus();
}

function act(element) {
  if (typing(element) || "member" in element.dataset) {
    const folded = element.closest("details");
    if (folded) folded.open = true;
    element.focus();
  } else element.click();
}

function pressed(event) {
  const target = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const save = document.querySelector("button[data-key=s]");
    if (save) save.click();
    return;
  }
  if (event.key === "Enter" && target.closest && target.closest(".one") && target.matches("input")) {
    event.preventDefault();
    target.closest(".one").querySelector("button").click();
    return;
  }
  if (event.key === "Escape" && typing(target)) {
    target.blur();
    return;
  }
  const off = document.body.dataset.keys !== "on" || document.querySelector("dialog[open]");
  if (off || typing(target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
  const found = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key);
  if (!found) return;
  event.preventDefault();
  act(found);
}

const count = document.getElementById("count");
if (count) count.dataset.all = count.textContent.replace("all ", "");
for (const button of document.querySelectorAll("[data-opens]"))
  button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
for (const button of document.querySelectorAll("[data-closes]"))
  button.addEventListener("click", () => button.closest("dialog").close());
for (const button of document.querySelectorAll("[data-sets]"))
  button.addEventListener("click", () => set(button.dataset.sets));
document.addEventListener("input", sum);
document.addEventListener("keydown", pressed);
sum();
document.body.dataset.ready = "yes";
