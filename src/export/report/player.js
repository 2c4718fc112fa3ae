/* Steps or frames shown one after another, in their own time. */

class Player {
  /**
   * time: when each is due [s], ascending; loop: begin anew at the end; onShow(number) is called for each that is shown, onState(playing)
   * when it starts or stops. Steps have no time of their own: eight a second.
   */
  constructor({ time, loop, onShow, onState }) {
    Object.assign(this, { time, loop, onShow, onState, now: 0, speed: 1, playing: false });
    this.n = time.length;
    this.span = this.n > 1 ? (time[this.n - 1] - time[0]) * this.n / (this.n - 1) : 1; /* the last one lasts as long as the others do */
  }

  show(number) {
    this.now = Math.min(this.n - 1, Math.max(0, Math.round(number)));
    this.clock = this.time[this.now] - this.time[0];
    this.onShow(this.now);
  }

  /** Last one that is due. */
  due(clock) {
    let low = 0, high = this.n - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.time[middle] - this.time[0] <= clock)
        low = middle;
      else
        high = middle - 1;
    }
    return low;
  }

  play() {
    if (this.playing || this.n < 2)
      return;
    if (!this.loop && this.now === this.n - 1)
      this.show(0);
    this.playing = true;
    this.last = null;
    this.onState(true);
    const tick = (moment) => {
      if (!this.playing)
        return;
      if (this.last !== null)
        this.advance((moment - this.last) / 1000 * this.speed);
      this.last = moment;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  advance(seconds) {
    const clock = this.clock + seconds;
    if (clock >= this.span && !this.loop)
      return this.stop();
    this.clock = clock % this.span;
    const due = this.due(this.clock);
    if (due !== this.now)
      this.onShow(this.now = due);
  }

  stop() {
    if (!this.playing)
      return;
    this.playing = false;
    this.onState(false);
  }

  toggle() {
    if (this.playing)
      this.stop();
    else
      this.play();
  }

  /** Show this one and stay there. */
  seek(number) {
    this.stop();
    this.show(number);
  }
}
