// The same screens in Telegraf, with its session in memory.

const { readFileSync } = require("node:fs");
const { Agent } = require("node:http");
const { Markup, Telegraf, session } = require("telegraf");

const given = JSON.parse(readFileSync(process.env.SCREENS, "utf8"));
const screens = given.map(({ html, rows, following }, number) => {
  let place = 0;
  const keyboard = rows.map((row) =>
    row.map((label) => Markup.button.callback(label, `${number}:${place++}`)),
  );
  return { html: `${number} ${html}`, keyboard, following };
});

const bot = new Telegraf(process.env.TELEGRAM_BOT_TOKEN, {
  telegram: { apiRoot: process.env.TELEGRAM_API_URL },
});
// Over https it keeps its connections by itself.
bot.telegram.options.agent = new Agent({ keepAlive: true, keepAliveMsecs: 10_000 });

function drawn(screen) {
  return { parse_mode: "HTML", ...Markup.inlineKeyboard(screen.keyboard) };
}

bot.use(session());

bot.start(async (ctx) => {
  ctx.session = { answers: {} };
  const screen = screens[Number(ctx.payload)];
  await ctx.reply(screen.html, drawn(screen));
});

bot.action(/^(\d+):(\d+)$/, async (ctx) => {
  const [, number, button] = ctx.match;
  ctx.session.answers[number] = button;
  await ctx.answerCbQuery();
  const screen = screens[screens[number].following];
  await ctx.editMessageText(screen.html, drawn(screen));
});

bot.launch();
