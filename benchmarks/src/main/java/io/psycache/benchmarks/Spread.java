package io.psycache.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What the rounds of a measurement came to. NaN where there is nothing. */
record Spread(double median, double least, double most) {
    static final String NONE = "–";

    static Spread of(double... figures) {
        if (figures.length == 0) {
            return new Spread(Double.NaN, Double.NaN, Double.NaN);
        }
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return new Spread(
                (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2,
                sorted[0],
                sorted[sorted.length - 1]);
    }

    static <T> Spread of(List<T> rounds, ToDoubleFunction<T> figure) {
        return of(rounds.stream().mapToDouble(figure).toArray());
    }

    /** To so many decimal places: the median, and from the least to the most. */
    String text(int places) {
        String format = "**%1$,.Nf** (%2$,.Nf to %3$,.Nf)".replace("N", String.valueOf(places));
        return Double.isNaN(median) ? NONE : String.format(Locale.ROOT, format, median, least, most);
    }

    /** As a ratio, to two places: the median, and from the least to the most. */
    String ratio() {
        return text(2);
    }
}
