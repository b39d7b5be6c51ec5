// The chat: what its person sees, taps and types, through /control; its size and its look.

const query = new URLSearchParams(location.search);
const userId = Number(query.get("user") || 1001);
const chatId = Number(query.get("chat") || userId);
const embedded = query.has("embedded");  // in the page of a team, which says when to refresh
const name = query.get("name") || "Person";
const byId = (id) => document.getElementById(id);
const chatBox = byId("chat"), input = byId("input"), menu = byId("menu"), frame = byId("phone");
const SIZES = ["320x568", "360x740", "412x915"];
const DESK = 560;  // a window at least this wide shows a phone of a chosen size in it
const TOAST_MS = 3000;
const shown = new Map();
let revision = -1, toastTimer = 0, unread = 0, size = query.get("size") || "";

async function control(verb, body = {}) {
  const answer = await fetch("control/" + verb, { method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user_id: userId, chat_id: chatId, ...body }) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error);
  return told;
}

// Android shows the answer to a tap for three seconds, in one line that is cut where it is full.
function toast(text) {
  byId("toast-name").textContent = byId("title").textContent;
  byId("toast-text").textContent = text;
  byId("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { byId("toast").hidden = true; }, TOAST_MS);
}

async function copy(text) {
  try { await navigator.clipboard.writeText(text); } catch { /* No permission: still told. */ }
  toast("Copied to clipboard");
}

function say(text) {
  return control("types", { text }).catch((error) => toast(error.message));
}

// An address that starts the bot leads to the private chat, where the token is sent.
async function goTo(url) {
  if (!url.includes("?start=")) { window.open(url, "_blank", "noopener"); return; }
  await control("opens", { url });
  if (embedded) window.parent.jumpTo(userId);
  else if (chatId !== userId) location.search = `user=${userId}&name=${encodeURIComponent(name)}`;
}

async function tap(message, row, column, button, pressed) {
  if (button.url) { await goTo(button.url); return null; }
  if (button.copy_text) { await copy(button.copy_text.text); return null; }
  if (button.callback_data === undefined) { toast("This button needs a Telegram app"); return null; }
  pressed.classList.add("waiting");
  try {
    const { tap_id } = await control("taps", { message_id: message.id, row, column });
    const answer = await control("tap_answer", { tap_id });
    if (answer.text && answer.alert) {
      byId("alert-text").textContent = answer.text;
      byId("alert").showModal();
    } else if (answer.text) toast(answer.text);
    if (answer.url) await goTo(answer.url);
    return answer;
  } catch (error) {
    toast(error.message);
    return null;
  } finally { pressed.classList.remove("waiting"); }
}

function atEnd() {
  return chatBox.scrollHeight - chatBox.scrollTop - chatBox.clientHeight < 40;
}

function toEnd() {
  chatBox.scrollTop = chatBox.scrollHeight;
  unread = 0;
  byId("down").hidden = true;
}

function fitAll() {
  for (const { node } of shown.values()) if (node.matches(".message")) fit(node);
}

function place(message) {
  const signature = JSON.stringify(message), known = shown.get(message.id);
  if (known && known.signature === signature) return null;
  const node = messageElement(message);
  if (known) known.node.replaceWith(node); else chatBox.append(node);
  if (node.matches(".message")) fit(node);
  shown.set(message.id, { node, signature });
  return known ? null : message;
}

// At its end a chat stays there; further up what is read stays in place, but for an own message.
function show(view) {
  revision = view.revision;
  byId("title").textContent = view.title;
  byId("face").textContent = view.title.slice(0, 1).toUpperCase();
  byId("who").textContent = view.blocked ? "blocked" : "you are " + name;
  menu.replaceChildren(...view.commands.map(({ command, description }) => {
    const item = element("button");
    item.type = "button";
    item.append(element("span", "", description), element("b", "", "/" + command));
    item.onclick = () => { menu.hidden = true; say("/" + command); };
    return item;
  }));
  byId("start").hidden = chatId < 0 || view.messages.length > 0;
  byId("menu-button").hidden = !view.commands.length;
  const stay = atEnd(), top = chatBox.scrollTop;
  const present = new Set(view.messages.map((message) => message.id));
  for (const [id, { node }] of shown) {
    if (!present.has(id)) { node.remove(); shown.delete(id); }
  }
  const added = view.messages.map(place).filter(Boolean);
  if (stay || added.some((message) => message.mine)) toEnd();
  else {
    chatBox.scrollTop = top;
    unread += added.length;
    byId("down").textContent = unread ? "↓ " + unread : "↓";
    byId("down").hidden = false;
  }
}

async function follow() {
  for (;;) {
    try {
      show(await control("changes", { since: revision, timeout: 20 }));
    } catch (error) {
      byId("who").textContent = "waiting for the server";
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
}

// Nobody has started the bot who has not tapped Start: the private chat is not there before.
async function refresh() {
  try { show(await control("chat")); } catch {
    byId("title").textContent = "The bot";
    byId("who").textContent = "not started";
    byId("start").hidden = chatId < 0;
  }
}

function layOut() {
  const wide = window.innerWidth >= DESK && !embedded, end = atEnd();
  const [width, height] = (size || (wide ? "360x740" : "")).split("x").map(Number);
  frame.classList.toggle("sized", Boolean(height));
  document.body.classList.toggle("framed", wide);
  frame.style.setProperty("--height", Math.min(height || 0, window.innerHeight) + "px");
  frame.style.setProperty("--width", (width || window.innerWidth) + "px");
  for (const button of byId("tools").children) {
    const pressed = button.value === "dark" ? document.body.classList.contains("dark")
      : button.value === `${width}x${height}`;
    button.setAttribute("aria-pressed", pressed);
  }
  fitAll();
  if (end) toEnd();
}

function setSize(chosen) { size = chosen; layOut(); }

function setDark(dark) { document.body.classList.toggle("dark", dark); layOut(); }

for (const value of [...SIZES, "dark"]) {
  const button = element("button", "", value.replace("x", " × ").replace("dark", "Dark"));
  Object.assign(button, { type: "button", value });
  button.onclick = () => value === "dark" ? setDark(!document.body.classList.contains("dark"))
    : setSize(value);
  byId("tools").append(button);
}
byId("menu-button").onclick = () => { menu.hidden = !menu.hidden; };
byId("start").onclick = () => control("private_chat", { first_name: name }).then(() => say("/start"));
byId("down").onclick = toEnd;
chatBox.onscroll = () => { if (atEnd()) { unread = 0; byId("down").hidden = true; } };
byId("form").onsubmit = (event) => {
  event.preventDefault();
  const text = input.value.trim();
  input.value = "";
  if (text) say(text);
};
input.onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    byId("form").requestSubmit();
  }
};
window.onresize = layOut;
setInterval(() => {
  for (const time of chatBox.querySelectorAll("time")) time.counts?.();
}, 30_000);
document.title = name;
setDark(query.has("dark") && query.get("dark") !== "0");
document.body.classList.toggle("embedded", embedded);
if (embedded) refresh();
else if (!query.has("alone")) {
  const opened = chatId === userId ? control("private_chat", { first_name: name })
    : control("chat").catch(() => control("joins", { first_name: name }));
  opened.catch((error) => toast(error.message)).finally(follow);
}
