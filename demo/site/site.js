// What a page of your own would do: say where the backend is, and (if it likes) talk to the element.
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
