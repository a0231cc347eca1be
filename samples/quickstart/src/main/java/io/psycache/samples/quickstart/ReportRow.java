package io.psycache.samples.quickstart;

import org.jspecify.annotations.Nullable;

/**
 * How punctual the flights of one route were. Times are minutes, shares are percent of the flights that were late.
 *
 * @param rush the share among departures when the airport was busier than usual; null = no such departure
 * @param quiet the share among the others
 * @param streak the share among departures after a late flight of the same route
 * @param bestHour the hour of departure, of those with 5 flights or more, that was late the least
 */
record ReportRow(
        String origin,
        String originCity,
        String destination,
        String destinationCity,
        int flights,
        double late,
        @Nullable Double rush,
        @Nullable Double quiet,
        @Nullable Double streak,
        double medianDelay,
        double worstTenth,
        @Nullable Integer bestHour) {}
