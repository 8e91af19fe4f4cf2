/** A video element in virtual time: it loads, seeks, starts and stalls in the milliseconds that the test gives it. */

const later = (ms, call) => setTimeout(call, ms);
const ranges = (end) => ({ length: end > 0 ? 1 : 0, start: () => 0, end: () => end });

export class FakeVideo extends EventTarget {
  /** What each element takes, and what the browser allows. */
  static takes = {};
  /** What links lead to, by a part of the address: how long it is, how much has arrived, whether it can be sought in. */
  static links = {};
  static all = [];

  style = {};
  volume = 1;
  muted = false;
  paused = true;
  seeking = false;
  error = null;
  readyState = 0;
  videoWidth = 0;
  defaultPlaybackRate = 1;
  #src = "";
  #rate = 1;
  #atS = 0;
  /** Since when it moves on, in milliseconds; null while it stands. */
  #movesSince = null;
  #turn = 0;
  #stopping;
  /** Whether it was sent to its end, and so knows how long it is, whatever the link tells. */
  #isMeasured = false;
  /** Where its connection broke. @type {number | null} */
  #dropped = null;

  constructor() {
    super();
    FakeVideo.all.push(this);
  }

  static reset() {
    this.all = [];
    this.links = { ".wav": { seconds: 60, arrivedS: Infinity, isSeekable: true } };
    this.takes = { loadMs: 40, seekMs: 60, startMs: 60, isBlocked: false };
  }

  getAttribute() {
    return this.#src || null;
  }

  removeAttribute() {
    this.#src = "";
  }

  get src() {
    return this.#src;
  }

  set src(url) {
    this.#src = url;
    this.load();
  }

  get #link() {
    return Object.entries(FakeVideo.links).find(([part]) => this.#src.includes(part))?.[1];
  }

  get duration() {
    if (this.readyState === 0) return NaN;
    return this.#isMeasured ? (this.#dropped ?? this.#link.seconds) : (this.#link?.told ?? this.#link?.seconds ?? NaN);
  }

  get seekable() {
    return ranges(this.#link?.isSeekable ? this.duration : 0);
  }

  get buffered() {
    return ranges(this.#link?.isSeekable ? Math.min(this.#link.seconds, this.#link.arrivedS) : 0);
  }

  get ended() {
    return this.readyState > 0 && this.currentTime >= (this.#dropped ?? this.#link.seconds);
  }

  get isMoving() {
    return this.#movesSince !== null;
  }

  load() {
    this.#stand(0);
    const turn = ++this.#turn;
    const had = this.readyState;
    this.#isMeasured = false;
    this.#dropped = null;
    Object.assign(this, { readyState: 0, error: null, seeking: false, paused: true });
    if (had) this.#tell("emptied");
    if (!this.#src) return;
    later(FakeVideo.takes.loadMs, () => {
      if (turn !== this.#turn) return;
      if (!this.#link) this.error = { code: 4 };
      else this.readyState = 4;
      for (const name of this.#link ? ["loadedmetadata", "durationchange", "canplay"] : ["error"]) this.#tell(name);
      this.#start();
    });
  }

  get currentTime() {
    if (this.#movesSince === null) return this.#atS;
    const movedS = ((performance.now() - this.#movesSince) / 1000) * this.#rate;
    return Math.min(this.#atS + movedS, this.#link.seconds, this.#link.arrivedS);
  }

  set currentTime(seconds) {
    this.#stand(Math.min(seconds, this.duration));
    this.seeking = true;
    const turn = ++this.#turn;
    this.#tell("seeking");
    later(FakeVideo.takes.seekMs, () => {
      if (turn !== this.#turn) return;
      if (seconds > this.#link.seconds && !this.#isMeasured) {
        this.#isMeasured = true;
        this.#stand(this.#link.seconds);
        this.#tell("durationchange");
      }
      if (!this.#link.seconds || (seconds > 1e6 && this.#link.seconds === Infinity)) return;
      this.seeking = false;
      this.readyState = this.#hasMore ? 4 : 2;
      for (const name of ["seeked", "canplay"]) this.#tell(name);
      this.#start();
    });
  }

  get playbackRate() {
    return this.#rate;
  }

  set playbackRate(rate) {
    if (rate === this.#rate) return;
    const moves = this.isMoving;
    this.#stand(this.currentTime);
    this.#rate = rate;
    if (moves) this.#move();
    this.#tell("ratechange");
  }

  async play() {
    if (FakeVideo.takes.isBlocked && !(FakeVideo.takes.isBlocked === "sound" && this.muted)) {
      throw new DOMException("", "NotAllowedError");
    }
    if (!this.paused) return;
    this.paused = false;
    this.#tell("play");
    this.#start();
  }

  pause() {
    if (this.paused) return;
    this.#stand(this.currentTime);
    this.paused = true;
    this.#tell("pause");
  }

  /** More has arrived over the network. */
  arrived() {
    if (this.readyState !== 2 || !this.#hasMore) return;
    this.readyState = 4;
    this.#tell("canplay");
    this.#start();
  }

  get #hasMore() {
    return this.#atS < this.#link.arrivedS || this.#atS >= this.#link.seconds;
  }

  #start() {
    if (this.paused || this.seeking || this.readyState < 3 || this.isMoving) return;
    const turn = this.#turn;
    later(FakeVideo.takes.startMs, () => {
      if (turn !== this.#turn || this.paused || this.isMoving || this.readyState < 3 || this.ended) return;
      this.#move();
      this.#tell("playing");
    });
  }

  #move() {
    this.#movesSince = performance.now();
    const leftS = Math.min(this.#link.seconds, this.#link.arrivedS) - this.#atS;
    if (Number.isFinite(leftS)) this.#stopping = later((leftS / this.#rate) * 1000, () => this.#stop());
  }

  /** The connection that brings it breaks: browsers take that for its end. */
  drop() {
    const atS = this.currentTime;
    this.#isMeasured = true;
    this.#dropped = atS;
    this.#stand(atS);
    this.paused = true;
    for (const name of ["durationchange", "pause", "ended"]) this.#tell(name);
  }

  #stop() {
    this.#stand(Math.min(this.#link.seconds, this.#link.arrivedS));
    if (this.ended) {
      this.paused = true;
      for (const name of ["pause", "ended"]) this.#tell(name);
    } else {
      this.readyState = 2;
      this.#tell("waiting");
    }
  }

  #stand(atS) {
    clearTimeout(this.#stopping);
    this.#movesSince = null;
    this.#atS = atS;
  }

  #tell(name) {
    queueMicrotask(() => this.dispatchEvent(new Event(name)));
  }
}
