// Runs in each page before anything of its own: notes where its players really are, and what is done to them.
(() => {
  if (window !== window.top) return;
  const SAMPLE_MS = window.laboratorySampleMs ?? 50;
  const WATCHED = ["seeking", "play", "playing", "pause", "waiting", "ended", "ratechange"];
  // The page's clocks may be made wrong later; this one is read before that.
  const now = performance.now.bind(performance);
  const samples = [];
  const events = [];

  const sourceOf = (media) => (media.currentSrc ? new URL(media.currentSrc).pathname : "");

  function sampleElement(media) {
    if (!media.currentSrc) return;
    const moves = !media.paused && !media.ended && !media.seeking && media.readyState >= media.HAVE_FUTURE_DATA;
    samples.push([now(), sourceOf(media), media.currentTime * 1000, moves, media.playbackRate, media.muted]);
  }

  function sampleYouTube(player) {
    const { positionMs, isMoving, rate, video } = player.truth;
    if (video) samples.push([now(), `youtube:${video}`, positionMs, isMoving, rate, player.isMuted()]);
  }

  /** Notes how loud all players together are, as their sound leaves them. */
  function makeEar() {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 256;
    const silent = context.createGain();
    silent.gain.value = 0;
    analyser.connect(silent).connect(context.destination);
    const block = new Float32Array(analyser.fftSize);
    const known = new WeakSet();
    const join = (track) => {
      if (track.kind === "audio") context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    };
    return (media) => {
      for (const element of media) {
        if (known.has(element)) continue;
        known.add(element);
        const stream = element.captureStream();
        stream.addEventListener("addtrack", ({ track }) => join(track));
        stream.getTracks().forEach(join);
      }
      analyser.getFloatTimeDomainData(block);
      levels.push([now(), Math.hypot(...block) / Math.sqrt(block.length)]);
    };
  }

  const levels = [];
  let hear = null;

  setInterval(() => {
    const media = document.querySelectorAll("video, audio");
    media.forEach(sampleElement);
    if (window.laboratoryListens) (hear ??= makeEar())(media);
    window.youtubeStandIn?.players.forEach(sampleYouTube);
  }, SAMPLE_MS);

  for (const name of WATCHED) {
    // Events of media do not bubble, but they can be caught on their way down.
    document.addEventListener(
      name,
      ({ target }) => {
        if (!(target instanceof HTMLMediaElement)) return;
        events.push([now(), name, sourceOf(target), target.currentTime * 1000, !target.paused, target.playbackRate]);
      },
      true,
    );
  }

  window.laboratory = {
    now,
    take() {
      const commands = { seekTo: "seeking", setPlaybackRate: "ratechange" };
      const told = (window.youtubeStandIn?.calls ?? []).filter(({ name }) => name in commands);
      const calls = told.map(({ name, args, atMs, isPlaying, video, rate }) => {
        const [positionMs, wanted] = name === "seekTo" ? [args[0] * 1000, rate] : [0, args[0]];
        return [atMs, commands[name], `youtube:${video}`, positionMs, isPlaying, wanted];
      });
      return { samples, levels, events: [...events, ...calls].sort((a, b) => a[0] - b[0]) };
    },
  };
})();
