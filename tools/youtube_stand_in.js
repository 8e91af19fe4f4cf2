/*
 * A stand-in for the YouTube IFrame Player API, with its published contract and its quirks: commands that take effect
 * later, a time that is told in steps, seeks that take a while, advertisements, blocked sound, videos that will not
 * play, its own list of rates, and live streams: their length is the time since they began, and nobody gets beyond it, nor
 * farther behind than is kept of them.
 *
 * `window.youtubeStandIn` holds its knobs, which may be set before it loads and changed at any time, and what it saw:
 * `calls`, `starts` (each time it began to play, and whether muted), `problems` (rules of YouTube that the page broke)
 * and `players`, whose `truth` is where the media really is.
 */
(() => {
  const knobs = (window.youtubeStandIn = {
    seekLatencyMs: 300,
    startLatencyMs: 60,
    bufferingMs: 300,
    errors: {},
    durations: {},
    live: {},
    autoplayBlocked: false,
    rates: [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2],
    ad: null,
    updateEveryMs: 265,
    extrapolates: false,
    seed: null,
    ...window.youtubeStandIn,
    calls: [],
    starts: [],
    problems: [],
    players: [],
  });

  const PlayerState = { UNSTARTED: -1, ENDED: 0, PLAYING: 1, PAUSED: 2, BUFFERING: 3, CUED: 5 };
  const { UNSTARTED, ENDED, PLAYING, PAUSED, BUFFERING, CUED } = PlayerState;
  const DURATION_S = 180;
  const COMMAND_MS = 5;
  const TICK_MS = 10;
  const LOADED_AT = performance.now();

  let hasGesture = false;
  for (const name of ["pointerdown", "keydown"]) {
    window.addEventListener(name, (event) => (hasGesture ||= event.isTrusted), true);
  }

  const note = (problem) => knobs.problems.includes(problem) || knobs.problems.push(problem);

  function frameFor(element, { videoId = "", playerVars = {}, width = 640, height = 390 }) {
    const target = typeof element === "string" ? document.getElementById(element) : element;
    if (target instanceof HTMLIFrameElement) return target;
    const frame = document.createElement("iframe");
    Object.assign(frame, { width, height, id: target.id, referrerPolicy: "strict-origin-when-cross-origin" });
    frame.allow = "autoplay; encrypted-media";
    frame.src = `https://www.youtube.com/embed/${videoId}?${new URLSearchParams({ enablejsapi: 1, ...playerVars })}`;
    target.replaceWith(frame);
    return frame;
  }

  function inspect(frame) {
    const { searchParams } = new URL(frame.src);
    if (searchParams.get("enablejsapi") !== "1") note("The frame's enablejsapi is not 1.");
    if (searchParams.get("origin") !== location.origin) note("The frame's origin is not the page's.");
    if (frame.referrerPolicy !== "strict-origin-when-cross-origin") note("The frame sends no referrer (error 153).");
    if (!frame.allow.includes("autoplay")) note("The frame may not play by itself.");
  }

  /** How long a video is by now, in milliseconds. */
  function lengthOf(video) {
    const live = knobs.live[video];
    if (live) return live.elapsedS * 1000 + performance.now() - LOADED_AT;
    return (knobs.durations[video] ?? DURATION_S) * 1000;
  }

  /** Where a player gets that is sent to a position, which for a live stream is at its edge unless some of it is kept. */
  function within(video, positionMs) {
    const [live, lengthMs] = [knobs.live[video], lengthOf(video)];
    const firstMs = live ? Math.max(0, lengthMs - (live.keptS ?? 0) * 1000) : 0;
    return Math.min(Math.max(positionMs, firstMs), lengthMs);
  }

  class Player {
    #frame;
    #events;
    #muted = false;
    #volume = 100;
    #rate = 1;
    #video = "";
    #state = UNSTARTED;
    #positionMs = 0;
    #readyAt = 0;
    /** Null before the advertisement, 0 after it. */
    #adLeftMs = null;
    #pending;
    #tickedAt = performance.now();
    #told = { time: 0, state: UNSTARTED, duration: 0, atMs: 0 };
    #ticking = setInterval(() => this.#tick(), TICK_MS);

    constructor(element, options = {}) {
      this.#events = options.events ?? {};
      this.#frame = frameFor(element, options);
      inspect(this.#frame);
      knobs.players.push(this);
      setTimeout(() => {
        if (options.videoId) this.#cue(options.videoId, 0);
        this.#fire("onReady", null);
      }, 50);
    }

    /** Where which media really is, in milliseconds, and whether it moves and how fast. */
    get truth() {
      const isMoving = this.#state === PLAYING && !this.#adLeftMs;
      const sinceTickMs = isMoving ? performance.now() - this.#tickedAt : 0;
      const positionMs = this.#positionMs + sinceTickMs * this.#rate;
      return { positionMs, isMoving, rate: this.#rate, video: this.#video, lengthMs: lengthOf(this.#video) };
    }

    loadVideoById(video, startSeconds) {
      const { videoId, startSeconds: start = knobs.live[asVideo(video).videoId] ? Infinity : 0 } = asVideo(video, startSeconds);
      this.#command("loadVideoById", [videoId, start], () => this.#load(videoId, start * 1000));
    }

    cueVideoById(video, startSeconds) {
      const { videoId, startSeconds: start = 0 } = asVideo(video, startSeconds);
      this.#command("cueVideoById", [videoId, start], () => this.#cue(videoId, start * 1000));
    }

    playVideo() {
      this.#command("playVideo", [], () => this.#play());
    }

    pauseVideo() {
      this.#command("pauseVideo", [], () => {
        clearTimeout(this.#pending);
        if (this.#state === PLAYING || this.#state === BUFFERING) this.#become(PAUSED);
      });
    }

    stopVideo() {
      this.#command("stopVideo", [], () => {
        clearTimeout(this.#pending);
        this.#become(CUED);
      });
    }

    seekTo(seconds, allowSeekAhead) {
      this.#command("seekTo", [seconds, allowSeekAhead], () => this.#seek(seconds * 1000));
    }

    setPlaybackRate(wanted) {
      this.#command("setPlaybackRate", [wanted], () => {
        // A rate that is not on the list becomes the next one on the list towards the normal rate.
        const slower = knobs.rates.filter((rate) => rate >= wanted && rate <= 1);
        const faster = knobs.rates.filter((rate) => rate <= wanted && rate >= 1);
        const rate = wanted < 1 ? Math.min(...slower) : Math.max(...faster);
        if (rate === this.#rate) return;
        this.#rate = rate;
        this.#tell();
        this.#fire("onPlaybackRateChange", rate);
      });
    }

    mute() {
      this.#muted = true;
    }

    unMute() {
      this.#muted = false;
    }

    isMuted() {
      return this.#muted;
    }

    setVolume(percent) {
      this.#volume = percent;
    }

    getVolume() {
      return this.#volume;
    }

    getCurrentTime() {
      const isRunning = knobs.extrapolates && this.#told.state === PLAYING;
      const sinceS = isRunning ? Math.min(1, (performance.now() - this.#told.atMs) / 1000) : 0;
      return this.#told.time + sinceS * this.#rate;
    }

    getDuration() {
      return this.#told.duration;
    }

    getPlayerState() {
      return this.#told.state;
    }

    getPlaybackRate() {
      return this.#rate;
    }

    getAvailablePlaybackRates() {
      return [...knobs.rates];
    }

    getVideoData() {
      return { video_id: this.#video, title: `Title of ${this.#video}`, author: "Author" };
    }

    getVideoUrl() {
      return `https://www.youtube.com/watch?v=${this.#video}`;
    }

    getIframe() {
      return this.#frame;
    }

    addEventListener(name, listener) {
      this.#events[name] = typeof listener === "string" ? window[listener] : listener;
    }

    destroy() {
      clearInterval(this.#ticking);
      clearTimeout(this.#pending);
      this.#frame.remove();
    }

    #command(name, args, action) {
      const [video, rate, isPlaying] = [this.#video, this.#rate, this.#state === PLAYING];
      knobs.calls.push({ name, args, atMs: performance.now(), video, rate, isPlaying, adLeftMs: this.#adLeftMs });
      setTimeout(action, COMMAND_MS);
    }

    #open(video, positionMs) {
      clearTimeout(this.#pending);
      this.#video = video;
      this.#positionMs = knobs.live[video] ? within(video, positionMs) : positionMs;
      this.#adLeftMs = null;
      this.#told.duration = 0;
    }

    #load(video, positionMs) {
      this.#open(video, positionMs);
      this.#become(UNSTARTED);
      if (this.#fails()) return;
      this.#become(BUFFERING);
      this.#soon(drawn(knobs.bufferingMs), () => this.#start());
    }

    #cue(video, positionMs) {
      this.#open(video, positionMs);
      if (!this.#fails()) this.#become(CUED);
    }

    #fails() {
      const code = /^[\w-]{11}$/.test(this.#video) ? knobs.errors[this.#video] : 2;
      if (code) this.#soon(50, () => this.#fire("onError", code));
      return Boolean(code);
    }

    #play() {
      if (this.#state === PLAYING) return;
      if (this.#state === ENDED) this.#positionMs = 0;
      const isLoaded = this.#state === PAUSED || this.#state === ENDED || this.#state === BUFFERING;
      const seekingMs = Math.max(0, this.#readyAt - performance.now());
      if (seekingMs > 0 || !isLoaded) this.#become(BUFFERING);
      this.#soon((isLoaded ? seekingMs : drawn(knobs.bufferingMs)) + drawn(knobs.startLatencyMs), () => this.#start());
    }

    #start() {
      if (knobs.autoplayBlocked && !hasGesture && (!this.#muted || knobs.autoplayBlocked === "always")) {
        this.#become(this.#told.duration ? PAUSED : UNSTARTED);
        return this.#fire("onAutoplayBlocked", null);
      }
      const { width, height } = this.#frame.getBoundingClientRect();
      if (width < 200 || height < 200) note(`The frame is ${width} × ${height} px; 200 × 200 are the least.`);
      if (!this.#frame.checkVisibility({ visibilityProperty: true })) note("The frame plays unseen.");
      knobs.starts.push({ video: this.#video, muted: this.#muted, positionMs: this.#positionMs });
      if (knobs.live[this.#video]) this.#positionMs = within(this.#video, this.#positionMs);
      this.#told.duration = lengthOf(this.#video) / 1000;
      this.#become(PLAYING);
    }

    #seek(positionMs) {
      this.#positionMs = within(this.#video, positionMs);
      const latencyMs = drawn(knobs.seekLatencyMs);
      this.#readyAt = performance.now() + latencyMs;
      if (this.#state === PAUSED) return this.#tell();
      clearTimeout(this.#pending);
      this.#become(BUFFERING);
      this.#soon(latencyMs, () => this.#start());
    }

    #tick() {
      const now = performance.now();
      const sinceMs = now - this.#tickedAt;
      this.#tickedAt = now;
      if (this.#state !== PLAYING) return;
      if (!this.#isInAd(sinceMs)) this.#positionMs += sinceMs * this.#rate;
      if (knobs.live[this.#video]) {
        this.#positionMs = within(this.#video, this.#positionMs);
        if (now - this.#told.atMs >= knobs.updateEveryMs) this.#tell();
      } else if (this.#positionMs >= this.#told.duration * 1000) {
        this.#positionMs = this.#told.duration * 1000;
        this.#become(ENDED);
      } else if (now - this.#told.atMs >= knobs.updateEveryMs) this.#tell();
    }

    #isInAd(sinceMs) {
      if (this.#adLeftMs === null && knobs.ad && this.#positionMs >= knobs.ad.atMs) this.#adLeftMs = knobs.ad.forMs;
      if (!this.#adLeftMs) return false;
      this.#adLeftMs = Math.max(0, this.#adLeftMs - sinceMs);
      return true;
    }

    #soon(afterMs, action) {
      clearTimeout(this.#pending);
      this.#pending = setTimeout(action, afterMs);
    }

    #become(state) {
      if (state === this.#state) return this.#tell();
      this.#tickedAt = performance.now();
      this.#state = state;
      this.#tell();
      this.#fire("onStateChange", state);
    }

    #tell() {
      Object.assign(this.#told, { time: this.#positionMs / 1000, state: this.#state, atMs: performance.now() });
      if (knobs.live[this.#video] && this.#told.duration) this.#told.duration = lengthOf(this.#video) / 1000;
    }

    #fire(name, data) {
      this.#events[name]?.({ target: this, data });
    }
  }

  /** The same row of numbers for the same seed; without a seed another one each time. */
  function random() {
    if (knobs.seed === null) return Math.random();
    knobs.seed = (knobs.seed * 48_271) % 2_147_483_647;
    return knobs.seed / 2_147_483_647;
  }

  function asVideo(video, startSeconds) {
    return typeof video === "string" ? { videoId: video, startSeconds } : video;
  }

  function drawn(range) {
    return Array.isArray(range) ? range[0] + random() * (range[1] - range[0]) : range;
  }

  window.YT = { Player, PlayerState, loaded: 1, ready: (callback) => callback() };
  setTimeout(() => window.onYouTubeIframeAPIReady?.());
})();
