package io.psycache.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A fenced block of a page.
 *
 * @param page path of the page from the project's folder
 * @param line number of the first line of the text in the page
 * @param language what the fence says, empty where it says nothing
 */
record Block(String page, int line, String language, String text) {
    private static final String FENCE = "```";

    /** The blocks of a page in Markdown. A fence may be indented, as within a list. */
    static List<Block> of(String page, List<String> lines) {
        List<Block> blocks = new ArrayList<>();
        for (int start = 0; start < lines.size(); start++) {
            if (lines.get(start).strip().startsWith(FENCE)) {
                int end = end(page, lines, start);
                String language = lines.get(start).strip().substring(FENCE.length());
                String text = lines.subList(start + 1, end).stream().collect(Collectors.joining("\n"));
                blocks.add(new Block(page, start + 2, language, text.stripIndent()));
                start = end;
            }
        }
        return blocks;
    }

    private static int end(String page, List<String> lines, int start) {
        for (int end = start + 1; end < lines.size(); end++) {
            if (lines.get(end).strip().equals(FENCE)) {
                return end;
            }
        }
        throw new IllegalArgumentException(page + ":" + (start + 1) + " begins a block that has no end");
    }

    /** The folder of the page, empty for the project's. */
    String folder() {
        return page.contains("/") ? page.substring(0, page.lastIndexOf('/')) : "";
    }

    @Override
    public String toString() {
        return page + ":" + line + " " + language;
    }
}
