import { Component, CUSTOM_ELEMENTS_SCHEMA, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import "bedrock-chat-widget/define";

@Component({
  selector: "app-root",
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <h1>Angular</h1>
    <p>
      Questions asked: <output>{{ asked() }}</output>
    </p>
    <bedrock-chat
      endpoint="wss://abc123.execute-api.us-east-1.amazonaws.com/prod"
      heading="Ask us"
      [starters]="starters"
      (chat-send)="count()"
    ></bedrock-chat>
  `,
})
class App {
  readonly starters = ["What can you do?"];
  readonly asked = signal(0);

  count(): void {
    this.asked.update((asked) => asked + 1);
  }
}

bootstrapApplication(App).catch((error: unknown) => console.error(error));
