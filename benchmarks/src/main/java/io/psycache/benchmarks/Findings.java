package io.psycache.benchmarks;

import java.util.List;

/**
 * What a chapter came to.
 *
 * @param text its tables, in Markdown
 */
record Findings(String text, List<LineChart> charts, List<Demand> demands) {}
