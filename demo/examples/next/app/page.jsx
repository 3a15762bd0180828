import { Support } from "./support";

export default function Page() {
  return (
    <main>
      <h1>Next.js</h1>
      <Support />
    </main>
  );
}
