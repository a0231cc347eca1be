package io.psycache.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines over evenly spaced ticks, from zero up, as SVG that is readable on light and dark pages. */
final class LineChart {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 400;
    private static final int LEFT = 90;
    private static final int RIGHT = 290;
    private static final int TOP = 48;
    private static final int BOTTOM = 56;
    private static final int STEPS = 5;
    private static final int LINE_HEIGHT = 20;
    private static final int MOST_TICKS = 12;

    private final String title;
    private final String xLabel;
    private final String yLabel;
    private final List<String> ticks;
    private final List<Line> lines = new ArrayList<>();

    private record Line(String name, List<Double> values) {}

    LineChart(String title, String xLabel, String yLabel, List<String> ticks) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
        this.ticks = ticks;
    }

    String title() {
        return title;
    }

    /** @param values one for each tick; NaN = none */
    LineChart line(String name, List<Double> values) {
        lines.add(new Line(name, values));
        return this;
    }

    String svg() {
        StringBuilder svg = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s">
                <style>
                  :root { --page: #ffffff; --ink: #1f2328; --grid: #d1d9e0;
                          --c0: #0969da; --c1: #bc4c00; --c2: #8250df; --c3: #1a7f37; --c4: #cf222e; --c5: #57606a }
                  @media (prefers-color-scheme: dark) {
                    :root { --page: #0d1117; --ink: #e6edf3; --grid: #30363d;
                            --c0: #58a6ff; --c1: #f0883e; --c2: #bc8cff; --c3: #3fb950; --c4: #ff7b72; --c5: #9198a1 } }
                  text { font: 13px system-ui, sans-serif; fill: var(--ink) }
                  .title { font-size: 16px; font-weight: 600 }
                  .grid { stroke: var(--grid) }
                  polyline { fill: none; stroke-width: 2.5 }
                </style>
                <rect width="100%%" height="100%%" fill="var(--page)"/>
                """.formatted(WIDTH, HEIGHT, escaped(title)));
        svg.append("<text class=\"title\" x=\"%d\" y=\"28\">%s</text>\n".formatted(LEFT, escaped(title)));
        axes(svg);
        for (int i = 0; i < lines.size(); i++) {
            draw(svg, i);
        }
        return svg.append("</svg>\n").toString();
    }

    private void axes(StringBuilder svg) {
        double top = top();
        for (int step = 0; step <= STEPS; step++) {
            double value = top * step / STEPS;
            svg.append(format(
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n",
                    LEFT, WIDTH - RIGHT, y(value), y(value)));
            svg.append(text(LEFT - 8, y(value) + 4, "end", number(value)));
        }
        int every = Math.max(1, (ticks.size() + MOST_TICKS - 1) / MOST_TICKS);
        for (int i = 0; i < ticks.size(); i += every) {
            svg.append(text(x(i), HEIGHT - BOTTOM + 20, "middle", ticks.get(i)));
        }
        svg.append(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12, "middle", xLabel));
        double middle = (TOP + HEIGHT - BOTTOM) / 2.0;
        svg.append(format(
                "<text text-anchor=\"middle\" transform=\"translate(20 %.1f) rotate(-90)\">%s</text>\n",
                middle, escaped(yLabel)));
    }

    /** Its name stands in a legend, with its colour. */
    private void draw(StringBuilder svg, int index) {
        Line line = lines.get(index);
        StringBuilder points = new StringBuilder();
        StringBuilder dots = new StringBuilder();
        String color = "var(--c" + index % 6 + ")";
        for (int i = 0; i < line.values().size(); i++) {
            double value = line.values().get(i);
            if (!Double.isNaN(value)) {
                points.append(format("%.1f,%.1f ", x(i), y(value)));
                dots.append(format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n", x(i), y(value), color));
            }
        }
        svg.append("<polyline stroke=\"%s\" points=\"%s\"/>\n"
                .formatted(color, points.toString().strip()));
        svg.append(ticks.size() <= MOST_TICKS ? dots : "");
        double legend = TOP + index * LINE_HEIGHT;
        int left = WIDTH - RIGHT + 16;
        svg.append(format(
                "<line stroke=\"%s\" stroke-width=\"3\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n",
                color, left, left + 16, legend, legend));
        svg.append(text(left + 22, legend + 4, "start", line.name()));
    }

    /** The first of 1, 2, 2.5, 5 times a power of ten that no value exceeds. */
    private double top() {
        double most = lines.stream()
                .flatMap(line -> line.values().stream())
                .filter(value -> !value.isNaN())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(most, 1e-9))));
        for (double factor : new double[] {1, 2, 2.5, 5}) {
            if (most <= factor * power) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private double x(int tick) {
        return ticks.size() == 1
                ? (LEFT + WIDTH - RIGHT) / 2.0
                : LEFT + (double) tick / (ticks.size() - 1) * (WIDTH - RIGHT - LEFT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - value / top() * (HEIGHT - BOTTOM - TOP);
    }

    private static String text(double x, double y, String anchor, String content) {
        return format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, escaped(content));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? format("%,.0f", value) : format("%.2f", value);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
