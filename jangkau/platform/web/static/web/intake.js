// Progress of an upload, and of a check; both pages work without it.
"use strict";
const form = document.querySelector("form[data-upload]");
if (form) {
  const box = form.querySelector(".sending");
  const bar = box.querySelector("progress");
  const percent = box.querySelector("output");
  const button = form.querySelector("button.button");
  const say = (text) => {
    let place = form.querySelector(".errors");
    if (!place) {
      place = document.createElement("div");
      place.className = "errors";
      place.setAttribute("role", "alert");
      form.prepend(place);
    }
    place.textContent = text;
    place.scrollIntoView({ block: "center" });
    box.hidden = true;
    button.disabled = false;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const file = form.querySelector("input[type=file]").files[0];
    if (file && file.size > Number(form.dataset.most)) {
      say(form.dataset.tooLarge);
      return;
    }
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.upload.addEventListener("progress", (step) => {
      const done = step.lengthComputable ? Math.floor((100 * step.loaded) / step.total) : 0;
      bar.value = done;
      percent.textContent = `${done}%`;
    });
    request.addEventListener("error", () => say(form.dataset.lost));
    request.addEventListener("load", () => {
      if ((request.getResponseHeader("Content-Type") || "").startsWith("application/json")) {
        window.location.href = JSON.parse(request.responseText).to;
        return;
      }
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      const told = answer.querySelector(".errors");
      const wrong = [...answer.querySelectorAll(".field.wrong")];
      for (const old of form.querySelectorAll(".field .error")) old.remove();
      for (const old of form.querySelectorAll(".field.wrong")) old.classList.remove("wrong");
      for (const field of wrong) {
        const name = field.querySelector("[name]").name;
        const here = form.querySelector(`[name="${CSS.escape(name)}"]`).closest(".field");
        here.classList.add("wrong");
        here.append(field.querySelector(".error"));
      }
      const first = form.querySelector(".field.wrong");
      if (told || !first) {
        say((told || answer.querySelector("main")).textContent.trim());
      } else {
        box.hidden = true;
        button.disabled = false;
        first.scrollIntoView({ block: "center" });
      }
    });
    button.disabled = true;
    box.hidden = false;
    request.send(new FormData(form));
  });
}

const waiting = document.querySelector("[data-waits]");
if (waiting) {
  const look = async () => {
    try {
      const answer = await fetch(waiting.dataset.waits, { headers: { "X-Requested-With": "fetch" } });
      const now = await answer.json();
      waiting.querySelector("progress").value = now.progress;
      if (now.state !== "received" && now.state !== "checking") {
        window.location.reload();
        return;
      }
    } catch {
      // the server is away for a moment: ask again
    }
    window.setTimeout(look, 1500);
  };
  window.setTimeout(look, 700);
}
