// The instrument: heights, cut labels, broken words and what is in view; taps and lines by script.

function clipOf(node) {
  const inner = node.parentElement.closest("blockquote.long:not(.open) .inner");
  return inner ? inner.getBoundingClientRect().bottom : Infinity;
}

// The lines of a text as drawn, folded ones left out, and the words broken between two of them.
function linesOf(root) {
  const lines = [], broken = [], walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let folded = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest(".when")) continue;
    const clip = clipOf(node);
    for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const boxes = [...range.getClientRects()].filter((box) => box.width);
      if (!boxes.length) continue;
      if (boxes[0].bottom > clip + 1) { folded += 1; continue; }
      const apart = boxes.at(-1).top - boxes[0].bottom > -4;
      if (apart && !/[-–/,·]./.test(word)) broken.push(word);
      const line = lines.find((each) => Math.abs(each.bottom - boxes[0].bottom) < 8);
      if (line) line.text += " " + word;
      else lines.push({ text: word, top: boxes[0].top, bottom: boxes.at(-1).bottom });
    }
  }
  return { lines: lines.sort((one, other) => one.top - other.top), broken, folded };
}

function within(box, view) { return box.top >= view.top - 1 && box.bottom <= view.bottom + 1; }

function measureMessage(id, node, view) {
  const box = node.getBoundingClientRect(), { lines, broken, folded } = linesOf(node.querySelector(".text"));
  const rows = [...node.querySelectorAll(".row")].map((row) => [...row.querySelectorAll("span")]);
  const spans = rows.flat();
  return {
    id, mine: node.matches(".mine"),
    height: Math.ceil(box.height),
    keyboard: rows.length ? 48 * rows.length + 1 : 0,
    rows: rows.map((row) => row.map((span) => span.textContent)),
    buttons: spans.length,
    cut: spans.filter((span) => span.scrollWidth > span.clientWidth).map((span) => span.textContent),
    keys_seen: spans.filter((span) => within(span.parentElement.getBoundingClientRect(), view)).length,
    broken, folded,
    lines: lines.map((line) => ({
      text: line.text, top: Math.round(line.top - box.top), seen: within(line, view),
    })),
    seen: within(box, view) ? "whole" : box.bottom > view.top && box.top < view.bottom ? "part" : "none",
  };
}

function measure() {
  const view = chatBox.getBoundingClientRect(), words = byId("toast-text");
  const messages = [...shown].filter(([, { node }]) => node.matches(".message"))
    .map(([id, { node }]) => measureMessage(id, node, view));
  return {
    width: frame.clientWidth, height: frame.clientHeight, chat: chatBox.clientHeight,
    dark: document.body.classList.contains("dark"),
    messages,
    in_view: messages.flatMap((message) => message.lines.filter((line) => line.seen)
      .map((line) => line.text)),
    toast: byId("toast").hidden ? null
      : { text: words.textContent, cut: words.scrollWidth > words.clientWidth },
    alert: byId("alert").open ? byId("alert-text").textContent : null,
  };
}

// Show each list of messages in an empty chat, scrolled to its end, and measure it there.
function measureAll(chats, unix) {
  clock = () => unix * 1000;
  return chats.map((messages) => {
    chatBox.replaceChildren();
    shown.clear();
    show({ revision, title: "CordCall", blocked: false, commands: [], messages });
    toEnd();
    return measure();
  });
}

function withButton(label, messageId) {
  const wanted = ([id, { node }]) => (messageId === undefined || id === messageId)
    && [...node.querySelectorAll(".row button")].some((button) => button.textContent === label);
  const found = [...shown].filter(wanted).at(-1);
  if (!found) throw new Error(`no message in the chat has a button "${label}"`);
  return found;
}

// Tap a button by its label, in the newest message that has it; the bot's answer to the tap.
async function tapButton(label, messageId) {
  const [, { node, signature }] = withButton(label, messageId), message = JSON.parse(signature);
  const buttons = [...node.querySelectorAll(".row button")];
  const pressed = buttons.find((button) => button.textContent === label);
  const row = message.keyboard.findIndex((each) => each.some(({ text }) => text === label));
  const column = message.keyboard[row].findIndex(({ text }) => text === label);
  return tap(message, row, column, message.keyboard[row][column], pressed);
}

function typeLine(text) { return say(text); }
