/** Flags that keep a test browser quiet: nothing is fetched in the background. */
export declare const chromeFlags: readonly string[];
/** Path of a browser: `CHROME_PATH`, else an installed Chrome or Chromium, else the one that npm installed (Linux x64). */
export declare function findChrome(): Promise<string>;
//# sourceMappingURL=chrome.d.ts.map