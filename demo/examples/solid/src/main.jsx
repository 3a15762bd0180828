import "bedrock-chat-widget/define";
import { createSignal } from "solid-js";
import { render } from "solid-js/web";

const starters = ["What can you do?"];

function App() {
  const [asked, setAsked] = createSignal(0);
  return (
    <main>
      <h1>Solid</h1>
      <p>
        Questions asked: <output>{asked()}</output>
      </p>
      <bedrock-chat
        endpoint="wss://abc123.execute-api.us-east-1.amazonaws.com/prod"
        heading="Ask us"
        prop:starters={starters}
        on:chat-send={() => setAsked((count) => count + 1)}
      />
    </main>
  );
}

render(() => <App />, document.getElementById("root"));
