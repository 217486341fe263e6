// What the visitor reads and types: shares of the picture, or units of his own plane from low to low + side.

const SHARES = { low: 0, side: 1, digits: 3, step: 0.005 };

export class Plane {
  constructor(units) {
    Object.assign(this, SHARES, units);
    const { step, side } = this;
    this.steps = { normal: step / side, fine: step / 10 / side, coarse: (4 * step) / side }; // in shares, as keys go
  }

  /** x and y are places on the plane, w and h lengths. */
  shownAt(value, i) {
    return (i < 2 ? this.low : 0) + value * this.side;
  }

  shown(xywh) {
    return xywh.map((value, i) => this.shownAt(value, i));
  }

  limits(limits) {
    return limits.map((pair, i) => pair.map((value) => this.shownAt(value, i)));
  }

  shares(shown) {
    return shown.map((value, i) => (value - (i < 2 ? this.low : 0)) / this.side);
  }

  text(value, i) {
    return this.shownAt(value, i).toFixed(this.digits);
  }
}
