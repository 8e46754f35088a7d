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
  const PART = 4 * 1024 * 1024;
  const TRIES = 40; // with pauses of up to 15 seconds: some nine minutes without a connection
  const again = box.querySelector(".again");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const pause = (ms) => new Promise((done) => {
    const wake = () => { window.clearTimeout(timer); window.removeEventListener("online", wake); done(); };
    const timer = window.setTimeout(wake, ms);
    window.addEventListener("online", wake);
  });
  const show = (done) => {
    bar.value = done;
    percent.textContent = `${Math.floor(done)}%`;
  };

  // An answer of the server, or an Error; one with words for the user is told. A connection that breaks is tried again.
  const askOnce = async (url, options) => {
    const answer = await fetch(url, options);
    if (answer.redirected || answer.status === 403) throw Object.assign(new Error(form.dataset.signedOut), { told: true });
    if (answer.status === 502 || answer.status === 503 || answer.status === 504) throw new Error("away");
    again.hidden = true;
    return answer;
  };
  const rest = async (tried, error) => {
    if (error.told || tried >= TRIES) throw error;
    again.textContent = form.dataset.again;
    again.hidden = false;
    await pause(Math.min(500 * 2 ** tried, 15000));
  };
  const ask = async (url, options) => {
    for (let tried = 0; ; tried += 1) {
      try {
        return await askOnce(url, options);
      } catch (error) {
        await rest(tried, error);
      }
    }
  };
  const told = async (answer) => {
    let text = "";
    try { text = (await answer.json()).error || ""; } catch { /* not ours */ }
    return Object.assign(new Error(text || form.dataset.lost), { told: true });
  };

  // Sends the file part by part from where the server has it; the number by which the form names it.
  const sendParts = async (file) => {
    const said = new URLSearchParams({
      name: file.name, size: file.size, modified: file.lastModified, csrfmiddlewaretoken: token,
    });
    const begun = await ask(form.dataset.parts, { method: "POST", body: said });
    if (!begun.ok) throw await told(begun);
    let { id, at } = await begun.json();
    const place = `${form.dataset.parts}${id}/`;
    show((100 * at) / file.size);
    for (let tried = 0; at < file.size;) {
      let answer;
      try {
        answer = await askOnce(place, {
          method: "POST",
          body: file.slice(at, at + PART),
          headers: { "Content-Type": "application/octet-stream", "Upload-Offset": String(at), "X-CSRFToken": token },
        });
        tried = 0;
      } catch (error) {
        await rest(tried, error);
        tried += 1;
        answer = await ask(place, {}); // what has come before the connection broke is not sent again
      }
      if (!answer.ok && answer.status !== 409) throw await told(answer);
      at = (await answer.json()).at;
      show((100 * at) / file.size);
    }
    return id;
  };

  const finished = (status, type, text) => {
    if (type.startsWith("application/json")) {
      window.location.href = JSON.parse(text).to;
      return;
    }
    const answer = new DOMParser().parseFromString(text, "text/html");
    const errors = answer.querySelector(".errors");
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
    if (errors || !first) {
      say((errors || answer.querySelector("main")).textContent.trim());
    } else {
      box.hidden = true;
      button.disabled = false;
      first.scrollIntoView({ block: "center" });
    }
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const file = form.querySelector("input[type=file]").files[0];
    if (file && file.size > Number(form.dataset.most)) {
      say(form.dataset.tooLarge);
      return;
    }
    button.disabled = true;
    box.hidden = false;
    show(0);
    try {
      const filled = new FormData(form);
      if (file && file.size) {
        filled.set("upload", await sendParts(file));
        filled.delete("file");
      }
      // Once: nobody knows whether a server that does not answer got it; to press again does no harm.
      const answer = await askOnce(form.action, {
        method: "POST", body: filled, headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      finished(answer.status, answer.headers.get("Content-Type") || "", await answer.text());
    } catch (error) {
      say(error.told ? error.message : form.dataset.lost);
    }
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
