// What a page of your own would do: say where the backend is, and (if it likes) talk to the element.

/** What the model may do on this page, where the server's settings list it under `tools`. */
const tools = {
  set_theme: {
    description:
      "Shows this page in the dark or the light theme, or (auto) in the one that the visitor's system prefers.",
    inputSchema: {
      type: "object",
      properties: {
        theme: { type: "string", enum: ["dark", "light", "auto"] },
      },
      required: ["theme"],
    },
    handler: ({ theme }) => {
      const input = [...document.querySelectorAll("input[name='theme']")].find(
        ({ value }) => value === theme,
      );
      if (!input) throw new Error("The theme must be dark, light or auto.");
      input.click();
      return { theme };
    },
  },
};

for (const chat of document.querySelectorAll("bedrock-chat")) {
  const { protocol, host } = location;
  chat.setAttribute(
    "endpoint",
    `${protocol === "https:" ? "wss:" : "ws:"}//${host}/prod`,
  );
  chat.starters = [
    "What is Bedrock Chat?",
    "How do I change its colours?",
    "/help",
  ];
  chat.tools = tools;
}

for (const button of document.querySelectorAll("[data-chat='open']"))
  button.addEventListener("click", () =>
    document.querySelector("bedrock-chat").show(),
  );

for (const input of document.querySelectorAll("input[name='theme']"))
  input.addEventListener("change", () => {
    document.documentElement.dataset.theme = input.value;
    for (const chat of document.querySelectorAll("bedrock-chat"))
      chat.setAttribute("theme", input.value);
  });
