package no.fjordline.streams;

/** A reading as it is judged: seconds since 1970, hundredths of a degree; {@code rear} is null without a rear compartment. */
record Reading(String vehicleId, long eventTime, int front, Integer rear) {}
