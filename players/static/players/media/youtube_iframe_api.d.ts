/** What is used of the YouTube IFrame Player API, after its published reference. */
declare namespace YT {
  interface PlayerEvent<T> {
    target: Player;
    data: T;
  }

  interface Events {
    onReady?: (event: PlayerEvent<null>) => void;
    onStateChange?: (event: PlayerEvent<number>) => void;
    onPlaybackRateChange?: (event: PlayerEvent<number>) => void;
    onError?: (event: PlayerEvent<number>) => void;
    onAutoplayBlocked?: (event: PlayerEvent<null>) => void;
  }

  interface Options {
    width?: number | string;
    height?: number | string;
    videoId?: string;
    playerVars?: Record<string, string | number>;
    events?: Events;
  }

  interface Video {
    videoId: string;
    /** In seconds, like every time here. */
    startSeconds?: number;
  }

  class Player {
    constructor(element: HTMLElement | string, options: Options);
    loadVideoById(video: Video): void;
    cueVideoById(video: Video): void;
    playVideo(): void;
    pauseVideo(): void;
    stopVideo(): void;
    seekTo(seconds: number, allowSeekAhead: boolean): void;
    getCurrentTime(): number | undefined;
    getDuration(): number | undefined;
    getPlayerState(): number | undefined;
    setPlaybackRate(rate: number): void;
    getPlaybackRate(): number | undefined;
    getAvailablePlaybackRates(): number[] | undefined;
    mute(): void;
    unMute(): void;
    isMuted(): boolean | undefined;
    setVolume(percent: number): void;
    getVolume(): number | undefined;
    /** `isLive` is not in the reference, and not in every version. */
    getVideoData?(): { video_id?: string; title?: string; isLive?: boolean } | undefined;
    getIframe(): HTMLIFrameElement;
    destroy(): void;
  }
}

interface Window {
  YT?: { Player?: typeof YT.Player };
  onYouTubeIframeAPIReady?: () => void;
}
