package no.fjordline.streams;

/** The rules of one compartment and of one truck. Event time only; no clock. */
final class Rules {
  /** A sensor that works reports no other temperatures. */
  private static final int LEAST = -4000;
  private static final int MOST = 6000;
  static final long NO = Compartment.NEVER;

  private final Settings settings;

  Rules(Settings settings) {
    this.settings = settings;
  }

  static boolean plausible(int temperature) {
    return temperature >= LEAST && temperature <= MOST;
  }

  /** First reading of the run that is due now as an excursion, or NO. */
  long threshold(Fleet.Range range, Compartment state, long at, int value) {
    if (value >= range.min() && value <= range.max()) {
      state.outSince = Compartment.NEVER;
      state.raised = false;
      return NO;
    }
    if (state.outSince == Compartment.NEVER) state.outSince = at;
    if (state.raised || at - state.outSince < settings.grace()) return NO;
    state.raised = true;
    return state.outSince;
  }

  /** The reading that differs most, the earliest of equals, when its difference is due as an alert, or NO. */
  long change(Compartment state, long at, int value) {
    state.forgetBefore(at - settings.rateWindow());
    boolean held = state.lastRate != Compartment.NEVER && at - state.lastRate < settings.rateHoldOff();
    int most = settings.rateDelta() - 1;
    long since = NO;
    for (int i = 0; i < state.count && !held; i++) {
      int difference = Math.abs(value - state.temperatures[i]);
      if (difference > most) {
        most = difference;
        since = state.times[i];
      }
    }
    state.remember(at, value);
    if (since != NO) state.lastRate = at;
    return since;
  }

  /** Nothing of this truck from before {@code now} will come any more: is its silence due? */
  boolean silence(Heard heard, long now) {
    return !heard.silent() && now - heard.last() > settings.silence();
  }

  Alert silenceOf(String vehicleId, Heard heard) {
    return new Alert("silence", vehicleId, null, heard.last() + settings.silence(), heard.last(), null);
  }
}
