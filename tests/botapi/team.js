// People of one group side by side, each with the group and their private chat with the bot.
// ?chat=-4001&people=1001:Oncology,1002:Surgery

const query = new URLSearchParams(location.search);
const chatId = query.get("chat");
const people = query.get("people").split(",").map((each) => {
  const [id, ...name] = each.split(":");
  return { id: Number(id), name: name.join(":"), frames: {} };
});
const NARROW = 760;  // a window below this shows one chat of one person
const REACHED_MS = 2000;
const byId = (id) => document.getElementById(id);
let chosen = null, room = "group";

function made(tag, more) { return Object.assign(document.createElement(tag), more); }

for (const person of people) {
  const column = made("section"), about = `user=${person.id}&name=${encodeURIComponent(person.name)}`;
  column.append(made("h2", { textContent: person.name }));
  for (const [name, chat] of [["group", `&chat=${chatId}`], ["private", ""]]) {
    const frame = made("iframe", {
      title: `${person.name}: ${name}`, src: `phone?embedded&${about}${chat}`,
    });
    person.frames[name] = frame;
    column.append(frame);
  }
  person.column = column;
  byId("team").append(column);
}

function button(bar, label, pressed, act) {
  const one = made("button", { type: "button", textContent: label, onclick: act });
  one.setAttribute("aria-pressed", pressed);
  byId(bar).append(one);
}

function layOut() {
  const narrow = window.innerWidth < NARROW;
  if (narrow) chosen ||= people[0];
  document.body.className = narrow ? "narrow one" : chosen ? "one" : "";
  for (const bar of ["who", "rooms"]) byId(bar).replaceChildren();
  if (!narrow) button("who", "All", !chosen, () => choose(null));
  for (const person of people) button("who", person.name, person === chosen, () => choose(person));
  if (narrow) {
    for (const [name, label] of [["group", "Group"], ["private", "Private chat"]]) {
      button("rooms", label, room === name, () => { room = name; layOut(); });
    }
  }
  for (const person of people) {
    person.column.hidden = Boolean(chosen) && person !== chosen;
    for (const [name, frame] of Object.entries(person.frames)) {
      frame.hidden = narrow && name !== room;
    }
  }
}

function choose(person) { chosen = person; layOut(); }

// Called by a phone whose person was led to the private chat.
function jumpTo(userId) {
  const person = people.find(({ id }) => id === userId), frame = person.frames.private;
  room = "private";
  if (chosen) chosen = person;
  layOut();
  frame.classList.add("reached");
  frame.scrollIntoView({ block: "nearest" });
  setTimeout(() => frame.classList.remove("reached"), REACHED_MS);
}

// One wait for all phones, since a browser allows six connections to a server.
async function follow() {
  for (let since = -1; ;) {
    try {
      const answer = await fetch("control/world", { method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ since, timeout: 20 }) });
      since = (await answer.json()).revision;
      const frames = people.flatMap((person) => Object.values(person.frames));
      await Promise.all(frames.map((frame) => frame.contentWindow.refresh?.()));
    } catch (error) {
      await new Promise((done) => setTimeout(done, 1000));
    }
  }
}

window.onresize = layOut;
layOut();
follow();
