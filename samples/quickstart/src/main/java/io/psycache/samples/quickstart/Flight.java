package io.psycache.samples.quickstart;

import java.time.LocalDateTime;

/** One flight. @param delay minutes late at the destination; negative = early */
record Flight(long id, String origin, String destination, LocalDateTime departure, int delay) {}
