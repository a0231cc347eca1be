package io.psycache.benchmarks;

import java.util.Locale;

/** What the figures must show, and whether they do. */
record Demand(String what, String wanted, String seen, boolean isMet) {

    static Demand atLeast(String what, double least, Spread ratio) {
        return new Demand(what, String.format(Locale.ROOT, "≥ %.2f", least), ratio.ratio(), ratio.median() >= least);
    }

    static Demand atMost(String what, double most, Spread ratio) {
        return new Demand(what, String.format(Locale.ROOT, "≤ %.2f", most), ratio.ratio(), ratio.median() <= most);
    }

    /** As a row of a table in Markdown. @param chapter where the figures are */
    String row(String chapter) {
        return "| %s | %s | %s | %s | %s |".formatted(what, wanted, seen, met(), chapter);
    }

    private String met() {
        if (seen.equals(Spread.NONE)) {
            return "not measured";
        }
        return isMet ? "yes" : "**no**";
    }
}
