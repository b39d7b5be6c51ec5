// Draws one message as Telegram for Android does: its text, its folded quotes, its keyboard.

const PLAIN = { bold: "b", italic: "i", underline: "u", strikethrough: "s" };
const COPIED_FROM = 75;  // characters: a longer block of code has a row to copy it
const pen = document.createElement("canvas").getContext("2d");
let clock = () => Date.now();

function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function relativeTime(at) {
  const seconds = Math.round((at - clock()) / 1000), size = Math.abs(seconds);
  const [unit, span] = size < 60 ? ["second", 1] : size < 3600 ? ["minute", 60]
    : size < 86400 ? ["hour", 3600] : ["day", 86400];
  return new Intl.RelativeTimeFormat(undefined, { numeric: "always" })
    .format(Math.trunc(seconds / span), unit);
}

function timeText(unix, form, fallback) {
  const at = new Date(unix * 1000);
  if (form.toLowerCase() === "r") return relativeTime(at);
  const say = (options) => new Intl.DateTimeFormat(undefined, { hourCycle: "h23", ...options })
    .format(at);
  const hour = { hour: "2-digit", minute: "2-digit" };
  const year = at.getFullYear() === new Date(clock()).getFullYear() ? {} : { year: "2-digit" };
  const pieces = [];
  if (form.includes("w")) pieces.push(say({ weekday: form.length > 1 ? "short" : "long" }));
  if (/t/i.test(form)) pieces.push(say(form.includes("T") ? { ...hour, second: "2-digit" } : hour));
  if (form.includes("d")) pieces.push(say({ day: "numeric", month: "short", ...year }));
  if (form.includes("D")) pieces.push(say({ day: "numeric", month: "long", year: "numeric" }));
  return pieces.join(" ") || fallback;
}

function timeElement(entity, text) {
  const form = entity.date_time_format || "", time = element("time");
  const say = () => timeText(entity.unix_time, form, text);
  time.textContent = say();
  time.dateTime = new Date(entity.unix_time * 1000).toISOString();
  time.title = text;
  if (form.toLowerCase() === "r") time.counts = () => { time.textContent = say(); };
  return time;
}

function entityElement(entity, text) {
  const made = element(PLAIN[entity.type] || "span");
  switch (entity.type) {
    case "code": case "pre": {
      const block = element(entity.type);
      if (entity.type === "pre" && text.length >= COPIED_FROM) block.className = "copied";
      block.onclick = () => copy(text);
      return [block, block];
    }
    case "blockquote": { const quote = element("blockquote"); return [quote, quote]; }
    case "expandable_blockquote": {
      const quote = element("blockquote", "fold"), inner = element("div", "inner");
      quote.append(inner);
      quote.onclick = () => quote.classList.toggle("open");
      return [quote, inner];
    }
    case "text_link": {
      const link = element("a");
      Object.assign(link, { href: entity.url, target: "_blank", rel: "noopener noreferrer" });
      return [link, link];
    }
    case "mention": case "text_mention":
      made.className = "mention";
      break;
    case "spoiler":
      made.className = "spoiler";
      made.onclick = () => made.classList.add("open");
      break;
    case "date_time": return [timeElement(entity, text), null];
  }
  return [made, made];
}

function appendPlain(parent, text) {
  for (const piece of text.split(/((?<!\S)\/[A-Za-z0-9_]+)/)) {
    if (/^\/[A-Za-z0-9_]+$/.test(piece)) {
      const command = element("span", "command", piece);
      command.onclick = () => say(piece);
      parent.append(command);
    } else if (piece) parent.append(piece);
  }
}

function render(parent, text, from, to, entities) {
  let position = from;
  for (let i = 0; i < entities.length; i += 1) {
    const entity = entities[i], end = Math.min(entity.offset + entity.length, to);
    if (entity.offset < position) continue;
    appendPlain(parent, text.slice(position, entity.offset));
    const [outer, inner] = entityElement(entity, text.slice(entity.offset, end));
    parent.append(outer);
    const inside = entities.slice(i + 1).filter((e) => e.offset < end);
    if (inner) render(inner, text, entity.offset, end, inside);
    else for (const { type } of inside.filter((e) => PLAIN[e.type])) {
      const styled = element(PLAIN[type]);
      styled.append(...outer.childNodes);
      outer.append(styled);
    }
    position = end;
    if (["PRE", "BLOCKQUOTE"].includes(outer.tagName) && text[position] === "\n") position += 1;
  }
  appendPlain(parent, text.slice(position, to));
}

function keyboardElements(message) {
  return message.keyboard.map((row, r) => {
    const line = element("div", "row");
    row.forEach((button, c) => {
      const made = element("button", button.style || "");
      made.type = "button";
      made.append(element("span", "", button.text));
      made.onclick = () => tap(message, r, c, button, made);
      line.append(made);
    });
    return line;
  });
}

function fileElement({ file_name, kind, url }) {
  if (kind === "photo") {
    return Object.assign(element("img", "photo"), { src: url, alt: file_name });
  }
  const link = element("a", "file", "\u{1F4CE} " + file_name);
  return Object.assign(link, { href: url, download: file_name });
}

function messageElement(message) {
  if (message.service.length) {
    return element("div", "note", message.service.join(", ").replaceAll("_", " "));
  }
  const box = element("article",
    "message" + (message.mine ? " mine" : "") + (message.calls_me ? " calls" : ""));
  const bubble = element("div", "bubble");
  if (chatId < 0 && !message.mine) bubble.append(element("div", "who", message.from));
  if (message.reply_to) bubble.append(element("div", "reply", message.reply_to));
  if (message.document) bubble.append(fileElement(message.document));
  const text = element("div", "text");
  render(text, message.text, 0, message.text.length, message.entities);
  const sent = new Date(message.date * 1000)
    .toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const quiet = chatId < 0 && message.silent ? "silent " : "";
  text.append(element("span", "when", quiet + (message.edited ? "edited " : "") + sent));
  bubble.append(text);
  box.append(bubble, ...keyboardElements(message));
  return box;
}

// A keyboard is as wide as its bubble, or wider if its labels need that, up to the screen less 15.
function fit(box) {
  for (const quote of box.querySelectorAll("blockquote.fold")) {
    quote.classList.remove("long");
    quote.classList.toggle("long", quote.firstChild.offsetHeight > 54);
  }
  const rows = [...box.querySelectorAll(".row")];
  if (!rows.length) return;
  const font = getComputedStyle(rows[0].querySelector("span"));
  pen.font = `${font.fontWeight} ${font.fontSize} ${font.fontFamily}`;
  const wanted = Math.max(...rows.map((row) => {
    const widest = Math.max(...[...row.children].map((b) => pen.measureText(b.textContent).width));
    return (Math.ceil(widest) + 16) * row.children.length + 5 * (row.children.length - 1);
  }));
  const own = box.querySelector(".bubble").offsetWidth;
  const width = Math.max(own, Math.min(wanted, chatBox.clientWidth - 15));
  for (const row of rows) row.style.width = width + "px";
}
