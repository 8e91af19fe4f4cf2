/** The part of hls.js that is used here. */
declare class Hls {
  static isSupported(): boolean;
  static Events: { ERROR: "hlsError"; LEVEL_LOADED: "hlsLevelLoaded" };
  constructor(config: Record<string, unknown>);
  loadSource(url: string): void;
  attachMedia(element: HTMLMediaElement): void;
  startLoad(startPosition: number): void;
  recoverMediaError(): void;
  destroy(): void;
  on(event: "hlsLevelLoaded", hear: (name: string, data: { details: { live: boolean } }) => void): void;
  on(event: "hlsError", hear: (name: string, data: HlsError) => void): void;
}

interface HlsError {
  fatal: boolean;
  type: string;
  details: string;
  response?: { code?: number };
}

interface Window {
  Hls?: typeof Hls;
}
