"use strict";
// Filters live in the address, after the hash: what is shown can be linked. A name alone is a place on the page.
const form = document.getElementById("filters");
if (form) {
  const causes = [...document.querySelectorAll(".cause")];
  const domains = [...document.querySelectorAll(".domains")];
  const texts = new Map();
  const count = document.getElementById("count");
  const has = (list, separator, value) => list.split(separator).includes(value);
  const textOf = (element) => {
    if (!texts.has(element)) texts.set(element, element.textContent.toLowerCase());
    return texts.get(element);
  };
  const show = () => {
    const want = Object.fromEntries([...new FormData(form)].map(([key, value]) => [key, value.trim()]));
    const zone = (want.zone || "").toLowerCase().replace(/\.$/, "");
    const words = (want.q || "").toLowerCase();
    const shown = new Set();
    for (const cause of causes) {
      const data = cause.dataset;
      const fits = (!want.severity || data.severity === want.severity) && (!want.rule || data.rule === want.rule) &&
        (!want.from || has(data.from, ",", want.from)) && (!zone || has(data.zones, " ", zone)) &&
        (!words || textOf(cause).includes(words));
      cause.classList.toggle("filtered", !fits);
      if (fits) shown.add(cause.id);
    }
    // Pages that are not looked at take no time to lay out, as long as nothing is left out of their usual height.
    document.body.classList.toggle("some", shown.size < causes.length);
    for (const domain of domains) {
      const data = domain.dataset;
      const fits = (!want.from || has(data.from, ",", want.from)) && (!zone || has(data.zones, " ", zone)) &&
        data.causes.split(" ").some((id) => shown.has(id));
      domain.classList.toggle("filtered", !fits);
    }
    count.textContent = "Showing " + shown.size + " of " + causes.length + (causes.length === 1 ? " cause." : " causes.");
  };
  const save = () => {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    history.replaceState(null, "", "#" + query);
    show();
  };
  const load = () => {
    const hash = location.hash.slice(1);
    const place = hash && !hash.includes("=") && document.getElementById(hash);
    if (place) {
      place.classList.remove("filtered");
      if (place.tagName === "DETAILS") place.open = true;
      place.scrollIntoView();
      return;
    }
    const query = new URLSearchParams(hash);
    for (const field of form.elements) {
      if (field.name) field.value = query.get(field.name) || "";
      if (field.tagName === "SELECT" && field.selectedIndex < 0) field.value = "";
    }
    show();
  };
  form.hidden = false;
  form.addEventListener("input", save);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(save));
  addEventListener("hashchange", load);
  show();
  load();
}
